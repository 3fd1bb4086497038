import { comingBack } from '../../../model/coming-back.ts';
import type { ARecordPlan } from '../../../model/plan.ts';
import { shown } from '../../../remedies/a-record/one-set.ts';
import type { RecordShown } from '../../../remedies/a-record/outcome.ts';

/** A record that a plan writes, at whatever provider. */
interface RecordWritten extends RecordShown {
  /** Its addresses: several only in a set of Route 53. */
  readonly values: readonly string[];
  readonly leaveContent: boolean;
  readonly isAdopted: boolean;
  /** Another value comes back in its place when the stack goes. */
  readonly isPutBack: boolean;
  /** The record that is taken over, where those of a name are told apart by ids. */
  readonly id: string | null;
}

export function written(plan: ARecordPlan): RecordWritten[] {
  if (plan.provider === 'cloudflare') {
    const back = comingBack(plan);
    return plan.records.map(({ adopt, ...record }) => ({
      ...record,
      values: [record.content],
      isAdopted: adopt !== null,
      isPutBack: back.some(({ id }) => id === adopt?.recordId),
      id: adopt?.recordId ?? null,
    }));
  }
  const back = comingBack(plan);
  return plan.records.map((record) => ({
    ...shown(record),
    values: record.values,
    leaveContent: record.leaveContent,
    isAdopted: record.adopt !== null,
    isPutBack: back.some(({ type }) => type === record.type),
    id: null,
  }));
}

/** What comes back when the stack goes. */
export const returning = (plan: ARecordPlan): RecordShown[] =>
  plan.provider === 'cloudflare' ? comingBack(plan) : comingBack(plan).map(shown);

/** What is out of the zone while the stack stands. A set of Route 53 is changed as a whole. */
export const taken = (plan: ARecordPlan) => (plan.provider === 'cloudflare' ? plan.setAside : []);
