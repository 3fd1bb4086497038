import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSchema } from '../../src/model/plan.ts';
import { tunnelPlan } from '../cli/stack/tunnel/plans.ts';
import { edgePlan } from '../components/edge-plans.ts';
import { planOf, record, recordBefore } from '../components/plans.ts';
import { atCloudflare, atRoute53, relayPlanOf } from '../components/relay-plans.ts';
import { setsPlan } from '../components/set-plans.ts';
import { NAME, OTHER4, ZONE } from '../support/names.ts';

const set = { type: 'A' as const, name: NAME, ttl: 60, values: [OTHER4] };
const aside = { recordId: 'x', type: 'A' as const, name: NAME, content: OTHER4 };
const PLANS = {
  'a-record': planOf({ records: [record()], previous: [recordBefore()], setAside: [aside] }),
  'a-record that only takes one out': planOf({
    records: [],
    previous: [recordBefore({ id: 'x' })],
    setAside: [aside],
  }),
  'edge-proxy': edgePlan(),
  tunnel: tunnelPlan(),
  'a-record at Route 53': setsPlan({ previous: [set] }),
  'relay at Cloudflare': relayPlanOf(atCloudflare({ previous: [recordBefore()] })),
  'relay at Route 53': relayPlanOf(atRoute53({ previous: [set] })),
};

/** The paths to all names of records in a plan. */
const namesIn = (
  value: unknown,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] => {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const here = [...path, key];
    const isRecord = ['records', 'previous', 'setAside'].some((list) => path.includes(list));
    return key === 'name' && isRecord ? [here] : namesIn(each, here);
  });
};

/** The plan with another text at a path. */
function forged(plan: object, path: readonly (string | number)[], text: string): unknown {
  const copy = structuredClone(plan) as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = text;
  return copy;
}

describe('a plan of a record of another name can not be read', () => {
  test.each(Object.entries(PLANS))('%s', (remedy, plan) => {
    expect(planSchema.safeParse(plan).error).toBeUndefined();
    const paths = namesIn(plan);
    expect(paths.length).toBeGreaterThan(0);
    const names = fc.constantFrom(`www.${ZONE}`, ZONE, `x.${NAME}`, 'home.example.net', `not${ZONE}`);
    fc.assert(
      fc.property(names, fc.nat(), (other, at) => {
        const path = paths[at % Math.max(1, paths.length)];
        if (path === undefined) return;
        // A relay may have records of several names, each with its own; what it only touches has to be one of them.
        const alone = remedy.startsWith('relay') && path.includes('records') && other.endsWith(`.${ZONE}`);
        const read = planSchema.safeParse(forged(plan, path, other)).success;
        if (!alone) expect(read).toBe(false);
      }),
    );
  });

  test('nor of a record in another zone', () => {
    const plan = PLANS['a-record'];
    for (const zone of ['example.net', `x.${ZONE}`, 'ample.org']) {
      expect(planSchema.safeParse({ ...plan, zone: { id: 'zone', name: zone } }).success).toBe(false);
    }
  });
});
