import { comingBack } from '../../model/coming-back.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { HostedZone, NameInHostedZone } from '../../model/hosted-zone.ts';
import { PLAN_SCHEMA_ID, type RecordsAtRoute53, recordsAtRoute53Schema } from '../../model/plan.ts';
import type { PlannedSet, RecordSet } from '../../model/record-set.ts';
import { control } from '../../model/view/service.ts';
import { offerOf } from '../a-record.ts';
import {
  captured,
  decideSet,
  isOurs,
  type OneSet,
  plannedEarlier,
  type SetsSoFar,
  shown,
} from './one-set.ts';
import type { Decision, Flags, Note, Refusal } from './outcome.ts';
import { type Change, knownWrong, proofNotes, provenBy, unproven } from './proof.ts';

export interface SetsCase {
  readonly diagnosis: Diagnosis;
  /** What the account holds for the name where the records belong; null where it has no zone for it. */
  readonly inZone: NameInHostedZone | null;
  readonly flags: Flags;
  readonly stack: SetsSoFar;
  readonly now: Date;
}

/** The same as `planARecord`, at Route 53, where all records of a name and a type are one set. */
export function planAtRoute53(the: SetsCase): Decision<RecordsAtRoute53> {
  const { diagnosis, inZone, flags, stack, now } = the;
  const offer = offerOf(diagnosis);
  const earlier = plannedEarlier(stack);
  const name = offer?.name ?? earlier[0]?.name;
  if (name === undefined) return no([{ code: 'no-offer' }]);
  if (inZone === null) {
    const { host } = diagnosis.target;
    return no([{ code: 'no-zone', name, aliasOf: host === name ? null : host }]);
  }
  const changes = offer?.changes ?? [];
  const inTheWay = [
    ...moved(name, inZone.zone, stack),
    ...unproven(diagnosis, changes),
    ...obstacles(name, inZone, changes),
  ];
  if (inTheWay.length > 0) return no(inTheWay);

  const wrong = knownWrong(diagnosis);
  const parts = changes.map((change) =>
    decideSet(change, { name, found: foundIn(inZone, change.type), wrong, flags, stack, now }),
  );
  // What the stack does for a type that needs no change now goes on as it is, where it was begun.
  const carried = earlier
    .filter(({ type }) => !changes.some((change) => change.type === type))
    .filter((record) => isBegun(record, inZone, stack));
  const refusals = parts.flatMap((part) => part.refusals);
  const serious = refusals.filter(({ code }) => code !== 'already-right');
  const notes = [
    ...zoneNotes(inZone.zone),
    ...proofNotes(diagnosis, changes),
    ...parts.flatMap((part) => part.notes),
  ];
  if (serious.length > 0) return { ok: false, refusals: serious, notes };
  if (parts.every(({ record }) => record === null) && carried.length === 0)
    return no(refusals.length > 0 ? refusals : [{ code: 'no-offer' }]);
  const plan = assemble(the, inZone.zone, parts, carried);
  return { ok: true, plan, notes: [...notes, ...returnNotes(plan, wrong)] };
}

const no = (refusals: readonly Refusal[]): Decision<RecordsAtRoute53> => ({ ok: false, refusals, notes: [] });

const foundIn = ({ a, aaaa }: NameInHostedZone, type: Change['type']): RecordSet | null =>
  type === 'A' ? a : aaaa;

function isBegun(record: PlannedSet, inZone: NameInHostedZone, stack: SetsSoFar): boolean {
  const found = foundIn(inZone, record.type);
  if (found !== null) return isOurs(found, record, stack);
  return stack.sets.some(({ type }) => type === record.type);
}

/** While a stack is up, its records stay where they are: they have to come back. */
function moved(name: string, zone: HostedZone, { started, sets, plan }: SetsSoFar): Refusal[] {
  const [held] = sets;
  if (!started || held === undefined) return [];
  if (held.zoneId === zone.id && held.name === name) return [];
  const where = plan?.zone.id === held.zoneId ? plan.zone.name : held.zoneId;
  return [{ code: 'moved', from: { provider: 'route53', name: held.name, zone: where } }];
}

function obstacles(
  name: string,
  { cname, delegatedAt, computed, computedAaaa }: NameInHostedZone,
  changes: readonly Change[],
): Refusal[] {
  return [
    ...(delegatedAt === null ? [] : [{ code: 'delegated', name, at: delegatedAt } as const]),
    ...(cname === null ? [] : [{ code: 'cname', name, to: cname } as const]),
    ...changes.flatMap(({ type }): Refusal[] => {
      const how = type === 'A' ? computed : computedAaaa;
      return how === null ? [] : [{ code: 'computed', type, name, how }];
    }),
  ];
}

function assemble(
  { diagnosis, flags, stack }: SetsCase,
  zone: HostedZone,
  parts: readonly OneSet[],
  carried: readonly PlannedSet[],
): RecordsAtRoute53 {
  const kept = carried.filter(({ leaveContent }) => !leaveContent);
  return recordsAtRoute53Schema.parse({
    schema: PLAN_SCHEMA_ID,
    remedy: 'a-record',
    provider: 'route53',
    target: diagnosis.target,
    zone: { id: zone.id, name: zone.name },
    proven: provenBy(diagnosis, [
      ...(stack.started ? (stack.plan?.proven ?? []) : []),
      ...carried.flatMap(({ values }) => values),
    ]),
    records: [...parts.flatMap(({ record }) => record ?? []), ...carried],
    previous: [
      ...parts.flatMap(({ before }) => before ?? []),
      ...kept.flatMap(({ type }) => captured(type, stack) ?? []),
    ],
    restore: flags.restore,
    identity: control(diagnosis)?.identity ?? stack.plan?.identity ?? null,
    monthlyUSD: 0,
  } satisfies RecordsAtRoute53);
}

const zoneNotes = ({ name, isDelegated }: HostedZone): Note[] =>
  isDelegated === false ? [{ code: 'zone-not-in-use', zone: name }] : [];

const returnNotes = (plan: RecordsAtRoute53, wrong: ReadonlySet<string>): Note[] =>
  comingBack(plan)
    .filter(({ values }) => values.some((value) => wrong.has(value)))
    .map((set) => ({ code: 'comes-back-wrong', record: shown(set), avoidable: set.type === 'A' }));
