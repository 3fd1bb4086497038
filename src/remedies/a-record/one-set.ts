import { isPublic } from '../../model/address.ts';
import type { RecordsAtRoute53 } from '../../model/plan.ts';
import {
  type AddressType,
  type PlannedSet,
  type RecordSet,
  sameValues,
  type TakenSet,
} from '../../model/record-set.ts';
import { uniqueBy } from '../../model/unique.ts';
import { dynamicHints, isStrong } from '../dns-records/dynamic-dns.ts';
import type { Flags, Note, RecordShown, Refusal } from './outcome.ts';
import type { Change } from './proof.ts';

/** Seconds. A home line's address may change; visitors follow within five minutes. */
const NEW_TTL = 300;

/** What the stack has done at Route 53 so far, from its state; and its plan, from its configuration. */
export interface SetsSoFar {
  /** Something was provisioned: what the plan calls previous was there before the stack. */
  readonly started: boolean;
  /** The sets in the state. `adopted`: imported, not made. */
  readonly sets: readonly (RecordSet & { readonly zoneId: string; readonly adopted: boolean })[];
  /** What the holder in the state holds. */
  readonly previous: readonly RecordSet[];
  readonly taken: readonly TakenSet[];
  /** The plan in the stack's configuration. */
  readonly plan: RecordsAtRoute53 | null;
}

/** What becomes of the set of one type. */
export interface OneSet {
  /** Null where nothing is to be written. */
  readonly record: PlannedSet | null;
  /** What comes back when the stack goes. */
  readonly before: RecordSet | null;
  readonly refusals: readonly Refusal[];
  readonly notes: readonly Note[];
}

export interface SetSituation {
  readonly name: string;
  /** What the zone holds for the name, of this type. */
  readonly found: RecordSet | null;
  readonly wrong: ReadonlySet<string>;
  readonly flags: Flags;
  readonly stack: SetsSoFar;
  readonly now: Date;
}

/** The sets that the stack has written or was about to write: by its plan; by its state where the configuration was lost. */
export function plannedEarlier({ started, plan, sets, taken }: SetsSoFar): PlannedSet[] {
  if (!started) return [];
  if (plan !== null) return plan.records;
  const held = sets.map(({ type, name, ttl, values, adopted }): PlannedSet => {
    const from = taken.find((each) => each.type === type && each.name === name)?.from;
    const adopt = adopted ? { ttl, values: from ?? values } : null;
    return { type, name, ttl, values, adopt, leaveContent: adopted && from === undefined };
  });
  const begun = taken.map(({ type, name, ttl, from, to }): PlannedSet => {
    return { type, name, ttl, values: to, adopt: { ttl, values: from }, leaveContent: false };
  });
  return uniqueBy([...held, ...begun], ({ type }) => type);
}

/** What was there before the stack, of one type. */
export function captured(type: AddressType, { started, plan, previous }: SetsSoFar): RecordSet | null {
  const all = [...(started ? (plan?.previous ?? []) : []), ...previous];
  return all.find((set) => set.type === type) ?? null;
}

/** In the state; or as the stack has written it, or found it, in an `up` that broke off before it was recorded. */
export function isOurs(found: RecordSet, earlier: PlannedSet | undefined, { sets }: SetsSoFar): boolean {
  if (sets.some(({ type }) => type === found.type)) return true;
  if (earlier === undefined || found.ttl !== earlier.ttl) return false;
  const known = [...(earlier.leaveContent ? [] : [earlier.values]), earlier.adopt?.values ?? []];
  return known.some((values) => sameValues(values, found.values));
}

/** Decides for one type: whether to make a set, to take one over, and what it is to hold. */
export function decideSet(change: Change, the: SetSituation): OneSet {
  const earlier = plannedEarlier(the.stack).find(({ type }) => type === change.type);
  if (the.found === null) return makeNew(change, earlier, the);
  return isOurs(the.found, earlier, the.stack)
    ? keepOwn(the.found, change, earlier, the)
    : takeOver(the.found, change, the);
}

function makeNew(change: Change, earlier: PlannedSet | undefined, the: SetSituation): OneSet {
  const { type, to } = change;
  const { stack, name, flags } = the;
  const wasThere = stack.sets.some((set) => set.type === type);
  const record: PlannedSet = {
    type,
    name,
    ttl: earlier?.ttl ?? NEW_TTL,
    values: wasThere && earlier !== undefined ? corrected(earlier.values, to, the.wrong) : [to],
    adopt: null,
    leaveContent: wasThere && earlier?.leaveContent === true && !flags.ownContent,
  };
  return {
    record,
    // What an `up` that broke off has only planned to take over was deleted by its owner.
    before: wasThere ? captured(type, stack) : (stack.previous.find((set) => set.type === type) ?? null),
    refusals: [],
    notes: wasThere ? [{ code: 'made-again', type, name }] : [],
  };
}

/** A set of the stack's own keeps how it came to the stack; only its address follows the diagnosis. */
function keepOwn(
  found: RecordSet,
  { type, to }: Change,
  earlier: PlannedSet | undefined,
  { name, stack, flags, wrong }: SetSituation,
): OneSet {
  const known = stack.sets.find((set) => set.type === type);
  const asFound = { ttl: found.ttl, values: found.values };
  const wasLeft =
    known === undefined ? earlier?.leaveContent === true : known.adopted && !isTaken(type, stack);
  const canBeLeft = known === undefined || known.adopted;
  const leaveContent = earlier?.leaveContent === true ? !flags.ownContent : canBeLeft && flags.leaveContent;
  const turned = wasLeft && !leaveContent;
  const base = earlier === undefined || earlier.leaveContent || wasLeft ? found.values : earlier.values;
  // One that is not in the state has to be brought there, whoever made it: as it is now.
  const adopt = known === undefined || turned ? asFound : known.adopted ? (earlier?.adopt ?? asFound) : null;
  const values = leaveContent ? found.values : corrected(base, to, wrong);
  const ttl = leaveContent || turned ? found.ttl : (earlier?.ttl ?? found.ttl);
  return {
    record: { type, name, ttl, values, adopt, leaveContent },
    // Its content was somebody else's until now, so what is there is what was there before.
    before: leaveContent ? null : turned ? found : captured(type, stack),
    refusals: [],
    notes: leaveContent ? [{ code: 'content-left', record: shown(found) }] : leftAlone(found, values, to),
  };
}

/** The holder knows every set that was taken over and written. */
const isTaken = (type: AddressType, { taken }: SetsSoFar): boolean =>
  taken.some((each) => each.type === type);

function takeOver(found: RecordSet, change: Change, { name, flags, wrong, now }: SetSituation): OneSet {
  const { type, to } = change;
  const values = corrected(found.values, to, wrong);
  if (sameValues(values, found.values)) {
    const idle = [{ code: 'already-right', records: [shown(found)] } as const];
    return { record: null, before: null, refusals: idle, notes: [] };
  }
  const { adopt, leaveContent, ownContent } = flags;
  const refusals: Refusal[] = [];
  const notes: Note[] = [];
  if (!adopt && !leaveContent && !ownContent)
    refusals.push({ code: 'exists', records: [shown(found)], to: values.join(', ') });
  const hints = hintsOf(found, values, change.from, now);
  if (hints.length > 0 && !leaveContent) {
    if (hints.some(isStrong) && !ownContent) refusals.push({ code: 'dynamic', record: shown(found), hints });
    else notes.push({ code: 'maybe-dynamic', record: shown(found), hints });
  }
  if (leaveContent) notes.push({ code: 'content-left', record: shown(found) });
  else notes.push(...leftAlone(found, values, to));
  const { ttl } = found;
  return {
    record: {
      type,
      name,
      // Only the addresses are corrected: the TTL is the owner's.
      ttl,
      values: leaveContent ? found.values : values,
      adopt: { ttl, values: found.values },
      leaveContent,
    },
    before: leaveContent ? null : found,
    refusals,
    notes,
  };
}

/** The set with the address that works in the place of those that don't; of what isn't known to be wrong, all stays. */
function corrected(values: readonly string[], to: string, wrong: ReadonlySet<string>): string[] {
  const stays = values.filter((value) => value !== to && !wrong.has(value) && isPublic(value));
  const hasRoom = values.includes(to) || stays.length < values.length;
  return [to, ...(hasRoom ? stays : stays.slice(1))];
}

/** Route 53 says neither who wrote a set nor when. */
function hintsOf(found: RecordSet, values: readonly string[], seen: readonly string[], now: Date) {
  const replaced = found.values.filter((value) => !values.includes(value));
  const all = replaced.flatMap((content) =>
    dynamicHints(
      { content, comment: null, tags: [], modifiedOn: null, ttl: found.ttl },
      seen,
      now,
      // Every TTL is a number there.
      null,
    ),
  );
  return uniqueBy(all, ({ code }) => code);
}

const leftAlone = (found: RecordSet, values: readonly string[], to: string): Note[] =>
  values
    .filter((value) => value !== to)
    .map((value) => ({ code: 'left-alone', record: shown({ ...found, values: [value] }) }));

export const shown = ({ type, name, values, ttl }: RecordSet): RecordShown => ({
  type,
  name,
  content: values.join(', '),
  ttl,
  comment: null,
});
