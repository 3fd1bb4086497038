import { expect, test } from 'vitest';
import { upWith } from '../../../src/cli/stack/up-with.ts';
import type { Plan } from '../../../src/model/plan.ts';

const dynamic = (name: string): string => `pulumi-nodejs:dynamic/reach4:${name}`;
const HOLD = dynamic('AddressHold');
const NAME = dynamic('NameRecords');
const TUNNEL = 'cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared';
const STACK = 'pulumi:pulumi:Stack';

const state = (...types: string[]) => ({ resources: types.map((type) => ({ type })) });

test.each<[string, unknown, Plan['remedy'] | null, Plan['remedy'] | null]>([
  ['nothing', null, null, null],
  ['nothing, though planned', { resources: [] }, 'tunnel', null],
  ['a relay at Cloudflare', state(STACK, HOLD, NAME), 'relay', 'relay'],
  ['a relay whose configuration is lost', state(STACK, HOLD, NAME), null, 'relay'],
  ['a relay at Route 53', state(STACK, HOLD, dynamic('PreviousRecordSets')), null, 'relay'],
  ['a tunnel', state(STACK, TUNNEL, NAME), null, 'tunnel'],
  ['edge-proxy', state(STACK, NAME), null, 'edge-proxy'],
  ['edge-proxy, where a tunnel is planned', state(STACK, NAME), 'tunnel', 'edge-proxy'],
  ['a-record', state(STACK, dynamic('PreviousRecords')), null, 'a-record'],
  ['a distribution', state(STACK, dynamic('HostedSets'), 'aws:route53/record:Record'), null, 'cdn'],
  ['a tunnel that was becoming a relay', state(STACK, TUNNEL, NAME, HOLD), 'relay', 'relay'],
  ['the same, to be a tunnel again', state(STACK, TUNNEL, NAME, HOLD), 'tunnel', 'tunnel'],
  ['a stack that never got far', state(STACK), 'relay', 'relay'],
])('%s', (_, deployment, planned, expected) => {
  expect(upWith(deployment, planned)).toBe(expected);
});

test('what only waits to be deleted is not what the stack is', () => {
  const gone = { type: TUNNEL, delete: true };
  expect(upWith({ resources: [gone, { type: NAME }] }, null)).toBe('edge-proxy');
});
