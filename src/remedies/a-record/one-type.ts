import type { FoundRecord, PlannedRecord, SetAside, ZoneRecord } from '../../model/zone-records.ts';
import { asPrevious } from '../../model/zone-records.ts';
import { dynamicHints, isStrong } from '../dns-records/dynamic-dns.ts';
import type { Flags, Note, Refusal, StackSoFar } from './outcome.ts';
import type { Change } from './proof.ts';

/** Seconds: Cloudflare's "automatic" as well. A home line's address may change; visitors follow within five minutes. */
const NEW_TTL = 300;

/** What becomes of the records of one type. */
export interface OneType {
  /** Null where the right record is there already and isn't the stack's. */
  readonly record: PlannedRecord | null;
  readonly setAside: readonly SetAside[];
  /** Records captured now, before they are changed or taken out. */
  readonly captured: readonly ZoneRecord[];
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
}

export interface Situation {
  readonly name: string;
  /** What the zone holds for the name, this type only. */
  readonly found: readonly FoundRecord[];
  readonly wrong: ReadonlySet<string>;
  readonly flags: Flags;
  readonly stack: StackSoFar;
  /** The comment that this stack gives to records that have none. */
  readonly comment: string;
  readonly now: Date;
}

/** Decides for one type: whether to make a record, to take one over, and which dead ones to take out of the zone. */
export function decideType(change: Change, the: Situation): OneType {
  const mine = the.found.filter((record) => isOurs(record, the));
  const others = the.found.filter((record) => !mine.includes(record));
  const own = mine[0];
  if (own !== undefined) return keepOwn(own, others, change, the);
  const right = others.find(({ content }) => content === change.to);
  if (right !== undefined) {
    const result = takeOver(
      null,
      others.filter((record) => record !== right),
      change,
      the,
    );
    const idle = result.setAside.length === 0 && result.refusals.length === 0;
    return idle ? { ...result, refusals: [{ code: 'already-right', records: [right] }] } : result;
  }
  if (others.length === 0) {
    const again = the.stack.started ? plannedEarlier(change, the) : undefined;
    return {
      record: { ...(again ?? fresh(change, the)), content: change.to, adopt: null, leaveContent: false },
      setAside: [],
      captured: [],
      refusals: [],
      notes: again === undefined ? [] : [{ code: 'made-again', type: change.type, name: the.name }],
    };
  }
  // A record that is known to be wrong is the one to correct; one that isn't stays where another will do.
  const wrongFirst = others.toSorted(
    (a, b) => Number(the.wrong.has(b.content)) - Number(the.wrong.has(a.content)),
  );
  return takeOver(wrongFirst[0] ?? null, wrongFirst.slice(1), change, the);
}

/** What the stack's configuration says of the record. */
const plannedEarlier = ({ type }: Change, { stack, name }: Situation): PlannedRecord | undefined =>
  stack.plan?.records.find((record) => record.type === type && record.name === name);

/**
 * In the stack's state; or with its comment, made by an `up` that broke off before it could write that down; or taken
 * over by one, and not changed by anybody else since.
 */
const isOurs = (record: FoundRecord, { stack, comment }: Situation): boolean =>
  stack.records.some(({ recordId }) => recordId === record.id) ||
  (stack.started && (record.comment === comment || isHalfTaken(record, stack)));

const isHalfTaken = ({ id, content }: FoundRecord, { plan }: StackSoFar): boolean =>
  (plan?.records ?? []).some(
    (planned) =>
      planned.adopt?.recordId === id &&
      !planned.leaveContent &&
      [planned.content, planned.adopt.content].includes(content),
  );

/** A record of the stack's own keeps how it came to the stack; only its address follows the diagnosis. */
function keepOwn(own: FoundRecord, others: readonly FoundRecord[], change: Change, the: Situation): OneType {
  const known = the.stack.records.find(({ recordId }) => recordId === own.id);
  const earlier = plannedEarlier(change, the);
  const atFirst = earlier?.adopt?.content ?? the.stack.previous.find(({ id }) => id === own.id)?.content;
  // One that was not taken over yet, or only its content left alone, is taken over as it is now.
  const content = (the.stack.taken.includes(own.id) ? atFirst : undefined) ?? own.content;
  const adopt = known === undefined || known.adopted ? { recordId: own.id, content } : null;
  const leaveContent =
    (earlier?.leaveContent ?? false) ? !the.flags.ownContent : adopt !== null && the.flags.leaveContent;
  const surplus = takeOver(null, others, change, the);
  const kept = {
    ...asPlanned(own),
    ...(earlier === undefined ? {} : { ttl: earlier.ttl, comment: earlier.comment }),
  };
  return {
    ...surplus,
    record: { ...kept, content: leaveContent ? own.content : change.to, adopt, leaveContent },
    captured: [
      ...surplus.captured,
      // Its content was somebody else's until now, so what is there is what was there before.
      ...(earlier?.leaveContent === true && !leaveContent ? [asPrevious(own)] : []),
    ],
    notes: [...surplus.notes, ...(leaveContent ? [{ code: 'content-left', record: own } as const] : [])],
  };
}

function takeOver(
  adoptee: FoundRecord | null,
  rest: readonly FoundRecord[],
  change: Change,
  the: Situation,
): OneType {
  const surplus = rest.filter(({ content }) => the.wrong.has(content) && content !== change.to);
  const concerned = [...(adoptee === null ? [] : [adoptee]), ...surplus];
  const hints = new Map(concerned.map((record) => [record, dynamicHints(record, change.from, the.now)]));
  const hinted = concerned.filter((record) => hints.get(record)?.length);
  const { adopt, leaveContent, ownContent } = the.flags;
  // Said for records that look kept by something else; where none does, said for all.
  const isLeft = (record: FoundRecord): boolean =>
    leaveContent && (hinted.length === 0 || hinted.includes(record));
  const setAside = surplus.filter((record) => !isLeft(record));
  const refusals: Refusal[] = [];
  const notes: Note[] = rest
    .filter((record) => !setAside.includes(record) && record.content !== change.to)
    .map((record) => ({ code: 'left-alone', record }));
  if (concerned.length > 0 && !adopt && !leaveContent && !ownContent) {
    refusals.push({ code: 'exists', records: concerned, to: change.to });
  }
  for (const record of hinted.filter((one) => !isLeft(one))) {
    const of = hints.get(record) ?? [];
    if (of.some(isStrong) && !ownContent) refusals.push({ code: 'dynamic', record, hints: of });
    else notes.push({ code: 'maybe-dynamic', record, hints: of });
  }
  const left = adoptee !== null && isLeft(adoptee);
  if (adoptee !== null && left) notes.push({ code: 'content-left', record: adoptee });
  return {
    record: adoptee === null ? null : adopted(adoptee, left, change, the),
    setAside: setAside.map(({ id, type, name, content }) => ({ recordId: id, type, name, content })),
    captured: [...(adoptee === null || left ? [] : [adoptee]), ...setAside].map(asPrevious),
    refusals,
    notes,
  };
}

const fresh = ({ type, to }: Change, { name, comment }: Situation): PlannedRecord => ({
  type,
  name,
  content: to,
  ttl: NEW_TTL,
  proxied: false,
  comment,
  tags: [],
  adopt: null,
  leaveContent: false,
});

/** Only the address is corrected: TTL, tags and a comment are their owner's. */
const adopted = (
  record: FoundRecord,
  left: boolean,
  { to }: Change,
  { comment }: Situation,
): PlannedRecord => ({
  ...asPlanned(record),
  comment: record.comment ?? (left ? null : comment),
  content: left ? record.content : to,
  adopt: { recordId: record.id, content: record.content },
  leaveContent: left,
});

const asPlanned = ({ type, name, content, ttl, proxied, comment, tags }: FoundRecord) => ({
  type,
  name,
  content,
  ttl,
  proxied,
  comment,
  tags,
});
