import { expect, test } from 'vitest';
import type { Identity } from '../../src/model/identity.ts';
import type { Question } from '../../src/proof/question.ts';
import { judge } from '../../src/proof/seen.ts';
import { NAME, SERVICE, SILENT, STRANGER, tls } from '../support/names.ts';

const http = (status: number): Identity => ({
  kind: 'http',
  status,
  server: null,
  location: null,
  title: null,
  bodySha256: '0'.repeat(64),
});
const closed: Identity = { kind: 'none', why: 'closed' };
const ssh = (digit: string): Identity => ({
  kind: 'ssh',
  hostKeySha256: digit.repeat(64),
  algorithm: 'ssh-ed25519',
  banner: 'SSH-2.0-x',
});

test.each<[string, Question['kind'], Identity | null, Identity, string]>([
  ['any certificate is the origin’s, for the relay has none', 'tls', null, STRANGER, 'forwards'],
  ['the planned key', 'tls', SERVICE, SERVICE, 'forwards'],
  ['another key than planned', 'tls', SERVICE, STRANGER, 'waiting answer'],
  [
    'another key, and an authority vouches for both',
    'tls',
    tls('a', { trusted: true }),
    tls('b', { trusted: true }),
    'forwards',
  ],
  ['nothing planned that could be compared', 'tls', SILENT, SERVICE, 'forwards'],
  ['taken and closed: HAProxy has no origin', 'tls', null, closed, 'waiting answer'],
  ['taken and silent', 'tls', null, SILENT, 'waiting answer'],
  ['a page', 'http', null, http(200), 'forwards'],
  ['a page that isn’t there is the origin’s word', 'http', null, http(404), 'forwards'],
  ['HAProxy has no origin', 'http', null, http(503), 'waiting answer'],
  ['the origin doesn’t answer HAProxy in time', 'http', null, http(504), 'waiting answer'],
  [
    'not the planned page',
    'http',
    { ...http(200), server: 'nginx' } as Identity,
    http(200),
    'waiting answer',
  ],
  ['a greeting', 'tcp', null, { kind: 'banner', text: '220 x', sha256: '0'.repeat(64) }, 'forwards'],
  ['the planned host key', 'tcp', ssh('a'), ssh('a'), 'forwards'],
  ['another host key', 'tcp', ssh('a'), ssh('b'), 'waiting answer'],
  ['silent, as many are: not told yet', 'tcp', null, SILENT, 'open'],
  ['taken and closed', 'tcp', null, closed, 'waiting answer'],
])('%s', (_, kind, planned, identity, expected) => {
  const hint = { protocol: 'tcp', name: NAME, path: '/' } as const;
  const seen = judge({ label: 'x', kind, port: 1, hint, planned }, identity);
  expect(seen.state === 'waiting' ? `waiting ${seen.by}` : seen.state).toBe(expected);
});
