import { expect, it } from 'vitest';
import type { LookRequest } from '../../../src/agent/protocol.ts';
import { disclosed } from '../../../src/cli/diagnose/gather/disclosed.ts';

const LOOK: LookRequest = {
  addresses: [
    { address: '81.2.99.2', roles: ['a-record'] },
    { address: '2a0b:4341:7700::10', roles: ['own'] },
  ],
  port: 443,
  hint: { protocol: 'tls', name: 'home.example.org', path: '/' },
  resolve: 'home.example.org',
  otherPorts: [],
  traces: [],
};

it('names all that a look tells others', () => {
  expect(disclosed('Globalping', LOOK)).toBe(
    'Globalping is told: home.example.org, 81.2.99.2, 2a0b:4341:7700::10, port 443.',
  );
  expect(
    disclosed('Globalping', {
      ...LOOK,
      addresses: [],
      resolve: null,
      otherPorts: [{ address: '81.2.99.2', port: 8443 }],
      traces: [{ address: '81.2.99.3', port: 8443, method: 'tcp' }],
    }),
  ).toBe('Globalping is told: 81.2.99.3, 81.2.99.2, port 8443.');
});

it('names the path only where it is sent', () => {
  const http: LookRequest = {
    ...LOOK,
    port: 80,
    hint: { ...LOOK.hint, protocol: 'http', path: '/a?token=1' },
  };
  expect(disclosed('Globalping', http)).toContain(', port 80, path /a?token=1.');
  expect(disclosed('Globalping', { ...http, hint: { ...http.hint, protocol: 'tls' } })).not.toContain(
    'token',
  );
});
