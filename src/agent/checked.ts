import { familyOf, parseAddress } from '../model/address.ts';
import type { ReachFacts, Reason } from '../model/evidence.ts';
import { plainText } from '../ports/plain-text.ts';
import type {
  AskedTrace,
  LookAnswer,
  LookRequest,
  ReachSeen,
  ResolverSeen,
  TraceSeen,
  UdpSeen,
} from './protocol.ts';

/** Longest text in evidence, characters: the longest that a probe keeps (a Location) has 500. */
const TEXT_LENGTH = 2048;
/** Longest list in evidence: a DNS answer over UDP holds about 30 addresses, a probe makes three attempts. */
const LIST_LENGTH = 64;
/** Largest number in evidence: a TTL (RFC 2181 8); times and ports are smaller. */
const LARGEST_NUMBER = 2 ** 31 - 1;
/** Characters kept of an agent's reason. */
const DETAIL_LENGTH = 300;

const malformed = (detail: string) => ({ status: 'failed', reason: { code: 'malformed', detail } }) as const;

/** What an agent that has the token, but may lie all the same, says of one address: only about that, and within bounds. */
export function checkedReach(
  { address, roles }: LookRequest['addresses'][number],
  port: number,
  { reach }: LookAnswer,
): ReachSeen {
  const entry = entryOf(address, reach);
  return 'status' in entry ? entry : checkedFacts({ address, roles, port }, entry.seen);
}

/** The one entry about an address, or what is wrong where there is none or another. */
function entryOf<E extends { readonly address: string }>(address: string, entries: readonly E[]) {
  const [entry, second] = entries.filter((one) => one.address === address);
  if (entry === undefined) return malformed("The agent's answer leaves this address out.");
  return second === undefined ? entry : malformed("The agent's answer has this address twice.");
}

/** The facts are about the address and port that were asked, and name them as we do. */
const isAbout = (
  { address, port }: { readonly address: string; readonly port: number },
  facts: Pick<ReachFacts, 'address' | 'family' | 'port'>,
): boolean =>
  parseAddress(address) === address &&
  facts.address === address &&
  facts.family === familyOf(address) &&
  facts.port === port;

/** The same of one address that was asked over UDP. */
export function checkedUdp(
  { address, roles }: LookRequest['addresses'][number],
  { port, udp: question }: LookRequest,
  { udp }: LookAnswer,
): UdpSeen {
  const entry = entryOf(address, udp);
  if ('status' in entry) return entry;
  const { seen } = entry;
  if (seen.status !== 'ok') return { status: seen.status, reason: plainReason(seen.reason) };
  const { facts } = seen;
  const fits =
    isAbout({ address, port }, facts) &&
    facts.protocol === question?.protocol &&
    (facts.identity === null || facts.identity.protocol === facts.protocol);
  if (!fits) return malformed("The agent's answer is about something that wasn't asked.");
  const answered = facts.attempts.some(({ outcome }) => outcome === 'answered');
  if (!answered && facts.identity !== null) {
    return malformed("The agent's answer tells who answered where nobody did.");
  }
  if (!isWithinBounds(facts)) return malformed("The agent's answer is out of bounds.");
  return { status: 'ok', facts: { ...withoutControls(facts), roles } };
}

/** The same of one other port, which the answer tells in the order asked. */
export function checkedOtherPort(
  asked: LookRequest['otherPorts'][number],
  index: number,
  { otherPorts }: LookAnswer,
): ReachSeen {
  const seen = otherPorts[index];
  if (seen === undefined) return malformed("The agent's answer leaves this port out.");
  return checkedFacts({ ...asked, roles: ['differential'] }, seen);
}

function checkedFacts(
  { address, roles, port }: { address: string; roles: ReachFacts['roles']; port: number },
  seen: ReachSeen,
): ReachSeen {
  if (seen.status !== 'ok') return { status: seen.status, reason: plainReason(seen.reason) };
  const { facts } = seen;
  if (!isAbout({ address, port }, facts)) {
    return malformed("The agent's answer is about something that wasn't asked.");
  }
  const connected = facts.attempts.some(({ outcome }) => outcome === 'connected');
  if (!connected && facts.identity !== null) {
    return malformed("The agent's answer tells who answered where nothing connected.");
  }
  if (!isWithinBounds(facts)) return malformed("The agent's answer is out of bounds.");
  return { status: 'ok', facts: { ...withoutControls(facts), roles } };
}

/** What an agent says of each of its resolvers, each resolver once. */
export function checkedResolvers({ resolver }: LookAnswer): ResolverSeen[] {
  if (resolver.length === 0) return [malformed("The agent's answer has no resolver in it.")];
  const servers = new Set<string>();
  return resolver.map((seen) => {
    if (seen.status !== 'ok') return { status: seen.status, reason: plainReason(seen.reason) };
    if (servers.has(seen.facts.server)) return malformed("The agent's answer has a resolver twice.");
    servers.add(seen.facts.server);
    if (!isWithinBounds(seen.facts)) return malformed("The agent's answer is out of bounds.");
    return { status: 'ok', facts: withoutControls(seen.facts) };
  });
}

/** The way to one address, as an agent tells it: each hop once, in order, and none behind the end. */
export function checkedTrace(asked: AskedTrace, index: number, { traces }: LookAnswer): TraceSeen {
  const seen = traces[index];
  if (seen === undefined) return malformed("The agent's answer leaves this trace out.");
  if (seen.status !== 'ok') return { status: seen.status, reason: plainReason(seen.reason) };
  const { facts } = seen;
  const fits =
    parseAddress(asked.address) === asked.address &&
    facts.address === asked.address &&
    facts.family === familyOf(asked.address) &&
    facts.port === asked.port &&
    facts.method === asked.method;
  if (!fits) return malformed("The agent's answer is about something that wasn't asked.");
  const inOrder = facts.hops.every(({ ttl }, place) => ttl > (facts.hops[place - 1]?.ttl ?? 0));
  const oneFamily = facts.hops.every(({ address }) => address === null || familyOf(address) === facts.family);
  if (!inOrder || !oneFamily) return malformed("The agent's answer tells a way that there can't be.");
  if (!isWithinBounds(facts)) return malformed("The agent's answer is out of bounds.");
  return { status: 'ok', facts: withoutControls(facts) };
}

function plainReason({ code, detail }: Reason): Reason {
  return detail === undefined ? { code } : { code, detail: plainText(detail, DETAIL_LENGTH) };
}

/** Texts, numbers and lists are no longer than a probe makes them. @param listLength what one of other probes may have */
export function isWithinBounds(value: unknown, listLength = LIST_LENGTH): boolean {
  const fits = (each: unknown): boolean => isWithinBounds(each, listLength);
  if (typeof value === 'string') return value.length <= TEXT_LENGTH;
  if (typeof value === 'number') return Math.abs(value) <= LARGEST_NUMBER;
  if (Array.isArray(value)) return value.length <= listLength && value.every(fits);
  return typeof value !== 'object' || value === null || Object.values(value).every(fits);
}

/** What would act on a terminal: the same characters that `plainText` takes out, white space within the line apart. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Text that is plain already stays as it is, to the character: identities are compared with those seen elsewhere. */
export function withoutControls<T>(data: T): T {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return UNSAFE.test(value) ? plainText(value, TEXT_LENGTH) : value;
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item)]));
  };
  return clean(data) as T;
}
