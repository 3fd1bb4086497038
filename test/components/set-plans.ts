import { type RecordsAtRoute53, recordsAtRoute53Schema } from '../../src/model/plan.ts';
import type { PlannedSet } from '../../src/model/record-set.ts';
import { parseTarget } from '../../src/model/target.ts';
import { NAME, WAN4, ZONE } from '../support/names.ts';

export const plannedSet = (more: Partial<PlannedSet> = {}): PlannedSet => ({
  type: 'A',
  name: NAME,
  ttl: 300,
  values: [WAN4],
  adopt: null,
  leaveContent: false,
  ...more,
});

/** `a-record` at Route 53. */
export const setsPlan = (more: Partial<RecordsAtRoute53> = {}): RecordsAtRoute53 =>
  recordsAtRoute53Schema.parse({
    schema: 'reach4/plan/1',
    remedy: 'a-record',
    provider: 'route53',
    target: parseTarget(`https://${NAME}`),
    zone: { id: 'Z1', name: ZONE },
    records: [plannedSet()],
    previous: [],
    restore: true,
    identity: null,
    monthlyUSD: 0,
    ...more,
  });
