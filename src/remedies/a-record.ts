import { comingBack } from '../model/coming-back.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { PLAN_SCHEMA_ID, type RecordsAtCloudflare, recordsAtCloudflareSchema } from '../model/plan.ts';
import { uniqueBy } from '../model/unique.ts';
import { control } from '../model/view/service.ts';
import type { NameInZone, PlannedRecord, ZoneRecord } from '../model/zone-records.ts';
import { decideType, type OneType } from './a-record/one-type.ts';
import type { Decision, Flags, Note, Refusal, StackSoFar } from './a-record/outcome.ts';
import { type Change, knownWrong, proofNotes, provenBy, unproven } from './a-record/proof.ts';
import { commentOf } from './dns-records/comment.ts';

export interface ARecordCase {
  readonly diagnosis: Diagnosis;
  /** What the account holds for the name where the records belong; null where it has no zone for it. */
  readonly inZone: NameInZone | null;
  readonly flags: Flags;
  readonly stack: StackSoFar;
  readonly stackName: string;
  readonly now: Date;
}

/** Where the diagnosis's records belong, and what it would change; null where it doesn't offer to. */
export function offerOf(
  diagnosis: Diagnosis,
): { readonly name: string; readonly changes: readonly Change[] } | null {
  return diagnosis.remedies.find((offer) => offer.remedy === 'a-record') ?? null;
}

/** Turns a diagnosis into a plan, or says why not. Changes nothing and asks nobody. */
export function planARecord(the: ARecordCase): Decision<RecordsAtCloudflare> {
  const offer = offerOf(the.diagnosis);
  const earlier = the.stack.started ? the.stack.plan : null;
  const name = offer?.name ?? earlier?.records[0]?.name;
  if (name === undefined) return no([{ code: 'no-offer' }]);
  if (the.inZone === null) {
    const { host } = the.diagnosis.target;
    return no([{ code: 'no-zone', name, aliasOf: host === name ? null : host }]);
  }
  const changes = offer?.changes ?? [];
  const inTheWay = [...unproven(the.diagnosis, changes), ...obstacles(name, the.inZone)];
  if (inTheWay.length > 0) return no(inTheWay);

  const wrong = knownWrong(the.diagnosis);
  const { addresses } = the.inZone;
  const parts = changes.map((change) =>
    decideType(change, {
      name,
      found: addresses.filter(({ type }) => type === change.type),
      wrong,
      flags: the.flags,
      stack: the.stack,
      comment: commentOf(the.stackName),
      now: the.now,
    }),
  );
  // What the stack does for a type that needs no change now goes on as it is.
  const carried = (earlier?.records ?? []).filter(
    ({ type }) => !changes.some((change) => change.type === type),
  );
  const refusals = parts.flatMap((part) => part.refusals);
  const idle = refusals.filter(({ code }) => code === 'already-right');
  const isIdle = idle.length === parts.length && carried.length === 0;
  const serious = refusals.filter(({ code }) => code !== 'already-right');
  const notes = [
    ...zoneNotes(the.inZone),
    ...proofNotes(the.diagnosis, changes),
    ...parts.flatMap((part) => part.notes),
  ];
  if (serious.length > 0) return { ok: false, refusals: serious, notes };
  if (isIdle) return { ok: false, refusals: idle, notes: [] };
  const plan = assemble(the, the.inZone, parts, carried);
  return { ok: true, plan, notes: [...notes, ...returnNotes(plan, wrong)] };
}

const no = (refusals: readonly Refusal[]): Decision<RecordsAtCloudflare> => ({
  ok: false,
  refusals,
  notes: [],
});

function obstacles(name: string, { cname, delegatedAt, addresses }: NameInZone): Refusal[] {
  const proxied = addresses.filter((record) => record.proxied);
  return [
    ...(delegatedAt === null ? [] : [{ code: 'delegated', name, at: delegatedAt } as const]),
    ...(cname === null ? [] : [{ code: 'cname', name, to: cname } as const]),
    // One proxied address record makes all of the name's proxied (facts/cloudflare.md, e).
    ...(proxied.length === 0 ? [] : [{ code: 'proxied', records: proxied } as const]),
  ];
}

function assemble(
  the: ARecordCase,
  { zone }: NameInZone,
  parts: readonly OneType[],
  carried: readonly PlannedRecord[],
): RecordsAtCloudflare {
  const { stack, diagnosis, flags } = the;
  const before = stack.started ? stack : null;
  const records = [...parts.flatMap(({ record }) => record ?? []), ...carried];
  const left = new Set(
    records.filter(({ leaveContent }) => leaveContent).map(({ adopt }) => adopt?.recordId),
  );
  // What the state holds was there before the stack; what an earlier plan captured counts where an `up` began with it.
  // What is there now may be the stack's own, and is captured only where it isn't.
  const previous = uniqueBy(
    [
      ...(before?.previous ?? []),
      ...parts.flatMap(({ captured }) => captured),
      ...(before?.plan?.previous ?? []),
    ],
    ({ id }) => id,
  );
  return recordsAtCloudflareSchema.parse({
    schema: PLAN_SCHEMA_ID,
    remedy: 'a-record',
    provider: 'cloudflare',
    target: diagnosis.target,
    zone: { id: zone.id, name: zone.name },
    proven: provenBy(the.diagnosis, [
      ...(before?.plan?.proven ?? []),
      ...carried.map(({ content }) => content),
    ]),
    records,
    setAside: uniqueBy(
      [
        ...(before?.plan?.setAside ?? []),
        ...(before?.setAside ?? []),
        ...parts.flatMap(({ setAside }) => setAside),
      ],
      ({ recordId }) => recordId,
    ),
    // Content that was left to its keeper must not be turned back under it.
    previous: previous.filter(({ id }) => !left.has(id)),
    restore: flags.restore,
    identity: control(diagnosis)?.identity ?? stack.plan?.identity ?? null,
    monthlyUSD: 0,
  } satisfies RecordsAtCloudflare);
}

const zoneNotes = ({ zone }: NameInZone): Note[] =>
  zone.status === 'active' ? [] : [{ code: 'zone-not-active', zone: zone.name, status: zone.status }];

const returnNotes = (plan: RecordsAtCloudflare, wrong: ReadonlySet<string>): Note[] =>
  comingBack(plan)
    .filter(({ content }: ZoneRecord) => wrong.has(content))
    .map((record) => ({ code: 'comes-back-wrong', record, avoidable: record.type === 'A' }));
