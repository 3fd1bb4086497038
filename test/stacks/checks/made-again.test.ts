import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { RECORD_SET_TYPE } from '../../../src/components/type-names.ts';
import type { ARecordPlan } from '../../../src/model/plan.ts';
import type { RecordSet } from '../../../src/model/record-set.ts';
import { asPrevious } from '../../../src/model/zone-records.ts';
import { planAtRoute53 } from '../../../src/remedies/a-record/at-route53.ts';
import type { SetsSoFar } from '../../../src/remedies/a-record/one-set.ts';
import { type Decision, type Flags, NEW_STACK } from '../../../src/remedies/a-record/outcome.ts';
import { planARecord } from '../../../src/remedies/a-record.ts';
import { aRecord } from '../../../stacks/a-record.ts';
import { checkDeployment } from '../../../stacks/checks/deployment.ts';
import { type Registered, underMocks } from '../../components/mocks.ts';
import { caseOf, deadOutside, LINE, outside, SIX, zone } from '../../support/home.ts';
import { NAME, OLD4, OTHER4, STABLE6, WAN4, ZONE } from '../../support/names.ts';
import { foundRecord } from '../../support/records.ts';

// What `plan` decides after somebody deleted what was taken over, and what the program makes of it.

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'an-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-key-that-nothing-here-is-asked-with');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const NOW = new Date('2026-11-23T21:10:00Z');
const FLAGS: Flags = { adopt: true, leaveContent: false, ownContent: false, restore: true };
const DIAGNOSIS = judge(
  caseOf({ evidence: [...LINE, ...zone([OLD4]), ...SIX, deadOutside(OLD4), outside(WAN4)] }),
  { at: NOW, by: '0.0.0', complete: true },
);

function planOf<P extends ARecordPlan>(decision: Decision<P>): P {
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.refusals)}`);
  return decision.plan;
}

const deployed = (plan: ARecordPlan): Promise<Registered[]> =>
  underMocks(() => {
    checkDeployment(plan, plan);
    return aRecord(plan);
  });

describe('at Route 53', () => {
  const set = (values: string[]): RecordSet => ({ type: 'A', name: NAME, ttl: 1800, values });
  const six: RecordSet = { type: 'AAAA', name: NAME, ttl: 300, values: [STABLE6] };
  const planned = (a: RecordSet | null, stack: SetsSoFar, flags: Partial<Flags> = {}) =>
    planOf(
      planAtRoute53({
        diagnosis: DIAGNOSIS,
        inZone: {
          zone: { id: 'Z1', name: ZONE, isDelegated: true },
          a,
          computed: null,
          hasAaaa: true,
          aaaa: six,
          computedAaaa: null,
          cname: null,
          delegatedAt: null,
        },
        flags: { ...FLAGS, ...flags },
        stack,
        now: NOW,
      }),
    );

  /** Taken over, deployed, deleted by somebody, planned again. */
  function again(old: RecordSet, flags: Partial<Flags> = {}) {
    const fresh: SetsSoFar = { started: false, sets: [], previous: [], taken: [], plan: null };
    const plan = planned(old, fresh, flags);
    const { previous } = plan;
    const sets = plan.records.map(({ type, name, ttl, values }) => {
      return { type, name, ttl, values, zoneId: 'Z1', adopted: true };
    });
    return planned(null, { started: true, sets, previous, taken: [], plan }, flags);
  }

  test.each<[string, RecordSet, Partial<Flags>, string[]]>([
    ['one whose old values come back', set([OLD4]), {}, [WAN4]],
    ['one with an address beside, which was there before', set([OLD4, OTHER4]), {}, [WAN4, OTHER4]],
    ['one whose content is left to its keeper', set([OLD4]), { leaveContent: true }, [WAN4]],
    ['one whose old values don’t come back', set([OLD4]), { restore: false }, [WAN4]],
  ])('%s is made again', async (_, old, flags, values) => {
    const plan = again(old, flags);
    expect(plan.records).toMatchObject([{ adopt: null, values }]);
    const made = (await deployed(plan)).filter(({ type }) => type === RECORD_SET_TYPE);
    expect(made).toMatchObject([{ importId: '', inputs: { records: values } }]);
  });
});

test('at Cloudflare a record is made again as well', async () => {
  const old = foundRecord(OLD4, { ttl: 1800 });
  const planned = (addresses: (typeof old)[], stack: typeof NEW_STACK) =>
    planOf(
      planARecord({
        diagnosis: DIAGNOSIS,
        inZone: {
          zone: { id: 'zone-id', name: ZONE, status: 'active' },
          addresses: [foundRecord(STABLE6), ...addresses],
          cname: null,
          delegatedAt: null,
        },
        flags: FLAGS,
        stack,
        stackName: 'home-example-org',
        now: NOW,
      }),
    );
  const plan = planned([], {
    started: true,
    records: [{ recordId: old.id, adopted: true }],
    previous: [asPrevious(old)],
    setAside: [],
    taken: [old.id],
    plan: planned([old], NEW_STACK),
  });
  expect(plan).toMatchObject({ records: [{ adopt: null }], previous: [asPrevious(old)] });
  const made = (await deployed(plan)).filter(({ type }) => type === 'cloudflare:index/dnsRecord:DnsRecord');
  expect(made).toMatchObject([{ importId: '', inputs: { content: WAN4 } }]);
});
