import type { RelayDns } from '../../../model/relay-plan.ts';
import { uniqueBy } from '../../../model/unique.ts';
import type { FoundRecord, NameInZone, ZoneRecord } from '../../../model/zone-records.ts';
import { asPrevious } from '../../../model/zone-records.ts';
import { commentOf } from '../../dns-records/comment.ts';
import type { DnsCase, DnsNote, DnsRefusal, DnsSoFar, FoundA, OneName } from './outcome.ts';
import { takingOver } from './taking-over.ts';

type AtCloudflare = Extract<RelayDns, { provider: 'cloudflare' }>;
type Planned = AtCloudflare['records'][number];

/** Decides for one name of a zone of Cloudflare's. Every A record of it but ours goes: none of them works. */
export function nameAtCloudflare(
  name: string,
  held: NameInZone,
  ttl: number,
  the: DnsCase,
): OneName<Planned, ZoneRecord> {
  const agreed = agreedBefore(name, held, the);
  const ids = new Set(agreed.map(({ id }) => id));
  const obstacles = inTheWay(name, held, the.stack, ids);
  if (obstacles.length > 0) return { record: null, captured: [], refusals: obstacles, notes: [] };
  const comment = commentOf(the.stackName);
  const all = held.addresses.filter(({ type }) => type === 'A');
  const isOwn = (record: FoundRecord): boolean => isOurs(record, comment, the.stack, ids);
  const [own, ...doubles] = all.filter(isOwn);
  const others = all.filter((record) => record !== own && !doubles.includes(record));
  const adoptee = own === undefined ? (others.find(({ id }) => ids.has(id)) ?? others[0] ?? null) : null;
  const each = others.map((record) => takingOver(asFound(record), record, ids.has(record.id), the));
  return {
    record: planned(name, own ?? adoptee, ttl, comment, the.stack, isOwn),
    // First come, first kept: what was captured was there before the stack; what is there now may be its own.
    captured: uniqueBy([...agreed, ...others.map(asPrevious)], ({ id }) => id),
    refusals: each.flatMap(({ refusals }) => refusals),
    notes: [
      ...each.flatMap(({ notes }) => notes),
      ...(all.length === 0 ? madeAgain(name, the.stack) : []),
      ...(hasAaaa(name, held, the.stack) ? [] : [{ code: 'no-aaaa', name } as const]),
    ],
  };
}

/** What the stack has made as another remedy is in nobody's way: it goes in the same moment. */
function inTheWay(
  name: string,
  { cname, delegatedAt, addresses }: NameInZone,
  stack: DnsSoFar,
  agreed: ReadonlySet<string>,
): DnsRefusal[] {
  const held = new Set([...stack.records.map(({ recordId }) => recordId), ...agreed]);
  const proxied = addresses
    .filter((record) => record.proxied && !held.has(record.id))
    .map(({ content }) => content);
  const isAlias = cname !== null && !stack.cnames.includes(cname);
  return [
    ...(delegatedAt === null ? [] : [{ code: 'delegated', name, at: delegatedAt } as const]),
    ...(isAlias ? [{ code: 'cname', name, to: cname } as const] : []),
    // One proxied address record makes all of the name's proxied (facts/cloudflare.md, e).
    ...(proxied.length === 0 ? [] : [{ code: 'proxied', name, addresses: proxied } as const]),
  ];
}

/** There, or coming back in the moment in which a tunnel's CNAME goes. */
const hasAaaa = (name: string, { addresses }: NameInZone, { previous }: DnsSoFar): boolean =>
  addresses.some(({ type }) => type === 'AAAA') ||
  previous.some((record) => record.type === 'AAAA' && record.name === name);

/** In the stack's state; or made by an `up` that broke off before it could write that down. */
const isOurs = (
  record: FoundRecord,
  comment: string,
  stack: DnsSoFar,
  agreed: ReadonlySet<string>,
): boolean =>
  stack.records.some(({ recordId }) => recordId === record.id) ||
  // One that was captured before got the stack's comment where it had none.
  (stack.started &&
    (record.comment === comment || record.content === stack.address) &&
    !agreed.has(record.id));

/**
 * What was there before the stack and was agreed to be taken over, and begun. What only the plan says of it counts where the
 * zone shows it: as it was captured, or as the stack makes it; or gone, where the stack has begun at the name. Anything else
 * has changed since, and is asked about anew.
 */
function agreedBefore(name: string, { addresses }: NameInZone, { stack, stackName }: DnsCase): ZoneRecord[] {
  const { started, dns, address } = stack;
  const recorded = stack.previous.filter((record) => record.name === name);
  const planned = started && dns?.provider === 'cloudflare' ? dns.previous : [];
  const isMade = ({ content, comment }: FoundRecord): boolean =>
    comment === commentOf(stackName) || content === address;
  const isBegun = addresses.some((record) => record.type === 'A' && isMade(record));
  const counts = (before: ZoneRecord): boolean => {
    const now = addresses.find(({ id }) => id === before.id);
    return now === undefined ? isBegun : now.content === before.content || isMade(now);
  };
  const isRecorded = ({ id }: ZoneRecord): boolean => recorded.some((each) => each.id === id);
  const here = planned.filter((record) => record.name === name);
  return uniqueBy(
    [...here.filter((record) => isRecorded(record) || counts(record)), ...recorded],
    ({ id }) => id,
  );
}

function planned(
  name: string,
  there: FoundRecord | null,
  ttl: number,
  comment: string,
  stack: DnsSoFar,
  isOwn: (record: FoundRecord) => boolean,
): Planned {
  if (there === null) return { name, ttl, comment, tags: [], adopt: null };
  const known = stack.records.find(({ recordId }) => recordId === there.id);
  // What the stack has made goes with it, also where an `up` broke off before it could write that down.
  const isMade = known === undefined ? isOwn(there) : !known.adopted;
  const adopt = isMade ? null : { recordId: there.id };
  return { name, ttl, comment: there.comment ?? comment, tags: there.tags, adopt };
}

const madeAgain = (name: string, { started, dns }: DnsSoFar): DnsNote[] =>
  started && dns?.records.some((record) => record.name === name) ? [{ code: 'made-again', name }] : [];

const asFound = ({ name, content, ttl, comment }: FoundRecord): FoundA => ({
  name,
  addresses: [content],
  ttl,
  comment,
});
