import { expect, test } from 'vitest';
import { cdnSoFar } from '../../../../src/cli/stack/cdn/state.ts';
import { HOSTED_SETS_TYPE } from '../../../../src/components/type-names.ts';
import type { CdnPlan, HostedSet } from '../../../../src/model/cdn-plan.ts';
import { NAME, STABLE6 } from '../../../support/names.ts';

const SIX: HostedSet = { type: 'AAAA', ttl: 300, values: [STABLE6] };
const plan = { name: NAME, origin: { name: `origin-${NAME}`, addresses: [STABLE6] } } as unknown as CdnPlan;

const sets = (onlyBack: boolean, types: string[], previous: HostedSet[]) => ({
  type: HOSTED_SETS_TYPE,
  outputs: { name: NAME, wanted: types.map((type) => ({ type })), previous, onlyBack },
});

test('what stands behind the name writes nothing, so nothing is recorded as written by it', () => {
  const back = sets(true, ['A', 'AAAA'], [SIX]);
  const brokeOff = cdnSoFar({ resources: [back] }, plan);
  expect(brokeOff).toMatchObject({ held: ['A', 'AAAA'], recorded: [], previous: [SIX] });
  const newer: HostedSet = { ...SIX, ttl: 60 };
  expect(cdnSoFar({ resources: [back, sets(false, ['A'], [newer])] }, plan)).toMatchObject({
    held: ['A', 'AAAA'],
    recorded: ['A'],
    previous: [newer],
  });
});
