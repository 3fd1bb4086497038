import { expect, test } from 'vitest';
import { afterwards } from '../../../../src/cli/stack/relay/text.ts';
import { atCloudflare, atRoute53, byHand, relayPlanOf } from '../../../components/relay-plans.ts';

test.each([
  ['at Cloudflare', atCloudflare(), true],
  ['at Cloudflare, --no-restore', atCloudflare({ restore: false }), false],
  ['at Route 53', atRoute53(), true],
  ['at Route 53, --no-restore', atRoute53({ restore: false }), false],
  ['by hand', byHand(), false],
])('down says that DNS is as it was before only where it is: %s', (what, dns, isBack) => {
  const said = afterwards('down', relayPlanOf(dns));
  expect(said.includes('DNS is as it was before')).toBe(isBack);
  expect(said.includes('(--no-restore)')).toBe(what.includes('--no-restore'));
});
