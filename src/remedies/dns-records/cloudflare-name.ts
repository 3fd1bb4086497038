import {
  asPrevious,
  type FoundRecord,
  type NameInZone,
  type Zone,
  type ZoneRecord,
} from '../../model/zone-records.ts';
import { commentOf } from './comment.ts';
import { type DynamicHint, dynamicHints, isStrong } from './dynamic-dns.ts';

/** What the user said about records that are there already. */
export interface NameFlags {
  /** Take over records that the stack didn't make. */
  readonly adopt: boolean;
  /** Take over, but leave the address to whatever keeps it. */
  readonly leaveContent: boolean;
  /** Take over, and own the address although something else seems to keep it. */
  readonly ownContent: boolean;
}

/** What the stack has done at the name so far, whichever remedy it was; by its state and its configuration. */
export interface NameSoFar {
  /** Something was provisioned: what the plan calls previous was there before the stack. */
  readonly started: boolean;
  /** Ids of the records that it made. */
  readonly made: readonly string[];
  /** Where the CNAME records lead to that it made. */
  readonly cnames: readonly string[];
  /** What was there before it, by its state. */
  readonly previous: readonly ZoneRecord[];
  /** What only the plan in its configuration says of that: an `up` may have broken off, or never have got there. */
  readonly unrecorded: readonly ZoneRecord[];
  /** Ids of the records whose content was left to its keeper. */
  readonly left: readonly string[];
}

export const NOTHING_AT_NAME: NameSoFar = {
  started: false,
  made: [],
  cnames: [],
  previous: [],
  unrecorded: [],
  left: [],
};

export interface NameCase {
  readonly name: string;
  /** Null where the account has no zone for the name. */
  readonly held: NameInZone | null;
  readonly flags: NameFlags;
  readonly stack: NameSoFar;
  /** The addresses that the diagnosis saw; null where it could not tell. */
  readonly seen: Readonly<Record<ZoneRecord['type'], readonly string[] | null>>;
  /** Whether the remedy can leave a record's content to its keeper; one that it takes out it can't. */
  readonly canLeave: (record: FoundRecord) => boolean;
  readonly stackName: string;
  readonly now: Date;
}

/** Why a name's records are not taken over. */
export type NameRefusal =
  | { readonly code: 'no-zone'; readonly name: string }
  /** The domain's name servers aren't Cloudflare's (yet): what is proxied there, nobody is led to. */
  | { readonly code: 'zone-not-active'; readonly zone: string; readonly status: string }
  | { readonly code: 'cname'; readonly name: string; readonly to: string }
  | { readonly code: 'delegated'; readonly name: string; readonly at: string }
  | { readonly code: 'proxied'; readonly records: readonly FoundRecord[] }
  | { readonly code: 'exists'; readonly records: readonly FoundRecord[] }
  | {
      readonly code: 'dynamic';
      readonly record: FoundRecord;
      readonly hints: readonly DynamicHint[];
      /** `--leave-content` would do. */
      readonly canLeave: boolean;
    };

/** What a person should know before saying yes. */
export type NameNote =
  | { readonly code: 'maybe-dynamic'; readonly record: FoundRecord; readonly hints: readonly DynamicHint[] }
  | { readonly code: 'content-left'; readonly record: FoundRecord };

/** What is at the name. The records that are there now, and those that were before the stack. */
export interface NameTakenOver {
  readonly zone: Pick<Zone, 'id' | 'name'>;
  readonly now: readonly FoundRecord[];
  readonly previous: readonly ZoneRecord[];
  /** Ids of the records whose content is left to its keeper. */
  readonly left: ReadonlySet<string>;
}

export type NameOutcome =
  | { readonly ok: true; readonly taken: NameTakenOver; readonly notes: readonly NameNote[] }
  | { readonly ok: false; readonly refusals: readonly NameRefusal[]; readonly notes: readonly NameNote[] };

/** Tells what is at a name at Cloudflare and whether a stack may take all of it over. Changes nothing and asks nobody. */
export function takeOverName(given: NameCase): NameOutcome {
  const { held, flags } = given;
  if (held === null) return { ok: false, refusals: [{ code: 'no-zone', name: given.name }], notes: [] };
  const the = withAgreed(given, held);
  const { stack } = the;
  const strangers = held.addresses.filter((record) => !isOurs(record, the));
  const obstacles = inTheWay(the, held, strangers);
  if (obstacles.length > 0) return { ok: false, refusals: obstacles, notes: [] };

  const refusals: NameRefusal[] = [];
  const notes: NameNote[] = [];
  if (strangers.length > 0 && !flags.adopt && !flags.leaveContent && !flags.ownContent) {
    refusals.push({ code: 'exists', records: strangers });
  }
  const hints = new Map(strangers.map((record) => [record, hintsOf(record, the)]));
  const hinted = strangers.filter((record) => hints.get(record)?.length);
  // Said for records that look kept by something else; where none does, said for all.
  const asked = (record: FoundRecord): boolean =>
    stack.left.includes(record.id)
      ? !flags.ownContent
      : flags.leaveContent && (hinted.length === 0 || hinted.includes(record));
  const left = held.addresses.filter((record) => the.canLeave(record) && asked(record));
  for (const record of hinted.filter((one) => !left.includes(one))) {
    const of = hints.get(record) ?? [];
    if (of.some(isStrong) && !flags.ownContent) {
      refusals.push({ code: 'dynamic', record, hints: of, canLeave: the.canLeave(record) });
    } else notes.push({ code: 'maybe-dynamic', record, hints: of });
  }
  // No stranger any more, and still kept by something else, which would make it again.
  if (!flags.ownContent) {
    const kept = held.addresses.filter((one) => stack.left.includes(one.id) && !the.canLeave(one));
    refusals.push(
      ...kept.map(
        (record) => ({ code: 'dynamic', record, hints: [{ code: 'left' }], canLeave: false }) as const,
      ),
    );
  }
  notes.push(...left.map((record) => ({ code: 'content-left', record }) as const));
  if (refusals.length > 0) return { ok: false, refusals, notes };
  const taken: NameTakenOver = {
    zone: { id: held.zone.id, name: held.zone.name },
    now: held.addresses,
    previous: previousOf(the, strangers, held.addresses),
    left: new Set(left.map(({ id }) => id)),
  };
  return { ok: true, taken, notes };
}

/**
 * What was agreed to and never recorded counts where the zone shows it: a record as it was captured, or as the stack makes
 * it; one that is gone, where the stack has begun there. Anything else has changed since, and is to be asked about anew.
 */
function withAgreed(the: NameCase, { addresses, cname }: NameInZone): NameCase {
  const { stack, stackName } = the;
  const isMade = (record: FoundRecord, before?: ZoneRecord): boolean =>
    record.comment === commentOf(stackName) || (record.proxied && before?.proxied === false);
  const beforeOf = ({ id }: FoundRecord) => stack.unrecorded.find((before) => before.id === id);
  const isBegun =
    (cname !== null && stack.cnames.includes(cname)) ||
    addresses.some((record) => isMade(record, beforeOf(record)));
  const counts = (before: ZoneRecord): boolean => {
    const now = addresses.find(({ id }) => id === before.id);
    return now === undefined ? isBegun : now.content === before.content || isMade(now, before);
  };
  const previous = [...stack.previous, ...stack.unrecorded.filter(counts)];
  return { ...the, stack: { ...stack, previous, unrecorded: [] } };
}

/** Made or taken over by the stack; or with its comment, made by an `up` that broke off before it could write that down. */
const isOurs = ({ id, comment }: FoundRecord, { stack, stackName }: NameCase): boolean =>
  stack.made.includes(id) ||
  stack.previous.some((before) => before.id === id) ||
  (stack.started && comment === commentOf(stackName));

function inTheWay(
  { name, stack }: NameCase,
  held: NameInZone,
  strangers: readonly FoundRecord[],
): NameRefusal[] {
  const { zone, cname, delegatedAt } = held;
  const proxied = strangers.filter((record) => record.proxied);
  const isAlias = cname !== null && !stack.cnames.includes(cname);
  return [
    ...(zone.status === 'active'
      ? []
      : [{ code: 'zone-not-active', zone: zone.name, status: zone.status } as const]),
    ...(delegatedAt === null ? [] : [{ code: 'delegated', name, at: delegatedAt } as const]),
    ...(isAlias ? [{ code: 'cname', name, to: cname } as const] : []),
    // Behind the proxy already: what answers over IPv4 is Cloudflare, and the trouble is elsewhere.
    ...(proxied.length === 0 ? [] : [{ code: 'proxied', records: proxied } as const]),
  ];
}

function hintsOf(record: FoundRecord, { seen, now }: NameCase): DynamicHint[] {
  // Where the diagnosis could not tell, nothing can be said to have changed since.
  return dynamicHints(record, seen[record.type] ?? [record.content], now);
}

/**
 * First come, first kept: what an earlier plan captured was there before the stack; what is there now may be its own. The
 * content that something else keeps is what it is now.
 */
function previousOf(
  { stack }: NameCase,
  strangers: readonly FoundRecord[],
  now: readonly FoundRecord[],
): ZoneRecord[] {
  const before = stack.previous.map((record) => {
    const kept = stack.left.includes(record.id) ? now.find(({ id }) => id === record.id) : undefined;
    return kept === undefined ? record : { ...record, content: kept.content };
  });
  return [...before, ...strangers.map(asPrevious)];
}
