import { describe, expect, test } from 'vitest';
import { refuseWithoutNetwork } from '../../../src/cli/diagnose/refusals.ts';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import { made } from '../../support/evidence-host.ts';
import { LAN4, STABLE6 } from '../../support/names.ts';

const addresses = (...all: readonly (readonly [string, string])[]) =>
  made('addresses', 'own', 'ip address', {
    addresses: all.map(([address, scope]) => ({
      address,
      family: address.includes(':') ? 'ipv6' : 'ipv4',
      interface: 'eth0',
      prefixLength: 64,
      scope,
      temporary: false,
      deprecated: false,
    })),
  });

const LOOPBACK = ['127.0.0.1', 'loopback'] as const;

describe('a machine without a network', () => {
  test.each([
    ['no address at all', [addresses()]],
    ['its own loopback', [addresses(LOOPBACK, ['::1', 'loopback'])]],
    ['a cable that leads nowhere', [addresses(LOOPBACK, ['fe80::1', 'link-local'])]],
  ])('%s: one sentence', (_, evidence) => {
    expect(() => refuseWithoutNetwork(evidence)).toThrow(/^This machine has no network: .*; expected .*\.$/u);
  });
});

test.each([
  ['IPv4 at home', [addresses(LOOPBACK, [LAN4, 'private'])]],
  ['IPv6 alone', [addresses([STABLE6, 'public'])]],
  ['nothing was told of its addresses', []],
  [
    'its addresses could not be read',
    [
      evidenceSchema.parse({
        id: 'addresses:here:own',
        probe: 'addresses',
        vantage: 'unknown',
        at: '2026-11-23T21:00:00.000Z',
        ms: 1,
        how: 'ip address',
        status: 'failed',
        reason: { code: 'unsupported' },
      }),
    ],
  ],
])('%s is no reason to refuse', (_, evidence) => {
  expect(() => refuseWithoutNetwork(evidence)).not.toThrow();
});
