import type { RelayDns } from '../../../model/relay-plan.ts';
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
  const obstacles = inTheWay(name, held, the.stack);
  if (obstacles.length > 0) return { record: null, captured: [], refusals: obstacles, notes: [] };
  const comment = commentOf(the.stackName);
  const all = held.addresses.filter(({ type }) => type === 'A');
  const [own, ...doubles] = all.filter((record) => isOurs(record, comment, the.stack));
  const others = all.filter((record) => record !== own && !doubles.includes(record));
  const agreed = agreedBefore(the.stack);
  const adoptee = own === undefined ? (others.find(({ id }) => agreed.has(id)) ?? others[0] ?? null) : null;
  const each = others.map((record) => takingOver(asFound(record), record, agreed.has(record.id), the));
  return {
    record: planned(name, own ?? adoptee, ttl, comment, the.stack),
    captured: others.map(asPrevious),
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
): DnsRefusal[] {
  const held = new Set([...stack.records.map(({ recordId }) => recordId), ...agreedBefore(stack)]);
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
const isOurs = (record: FoundRecord, comment: string, stack: DnsSoFar): boolean =>
  stack.records.some(({ recordId }) => recordId === record.id) ||
  (stack.started &&
    (record.comment === comment || record.content === stack.address) &&
    !wasThere(record, stack));

/** Captured before: a record that was taken over got the stack's comment where it had none. */
const wasThere = ({ id }: FoundRecord, stack: DnsSoFar): boolean => agreedBefore(stack).has(id);

/** Ids of records whose taking over was agreed to, and begun. */
function agreedBefore({ started, dns, previous }: DnsSoFar): ReadonlySet<string> {
  const planned = started && dns?.provider === 'cloudflare' ? dns.previous : [];
  return new Set([...planned, ...previous].map(({ id }) => id));
}

function planned(
  name: string,
  there: FoundRecord | null,
  ttl: number,
  comment: string,
  stack: DnsSoFar,
): Planned {
  if (there === null) return { name, ttl, comment, tags: [], adopt: null };
  const known = stack.records.find(({ recordId }) => recordId === there.id);
  // What the stack has made goes with it, also where an `up` broke off before it could write that down.
  const isOwn = known === undefined ? isOurs(there, comment, stack) : !known.adopted;
  const adopt = isOwn ? null : { recordId: there.id };
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
