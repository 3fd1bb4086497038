import { familyOf, type Scope, scopeOf } from '../../model/address.ts';
import { records } from '../../model/by-hand/dns.ts';
import { type Answer, isDefinite } from '../../model/dns-answer.ts';
import { isWithin } from '../../model/dns-name.ts';
import type { Evidence } from '../../model/evidence.ts';
import { systemOfPlatform } from '../../model/platform.ts';
import type { NameServers, Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import { labelCount, suffixes } from './names.ts';
import type { ZoneServer } from './recursion.ts';

/** ms; an authoritative server answers from memory: the longest round trip, twice, since a lost question is repeated. */
const AUTHORITY_TIMEOUT = 2_500;

/** Addresses asked of one zone: above that, more of them tell nothing new. Of a top-level domain's only the way down. */
const MAX_ADDRESSES = 8;
const MAX_ADDRESSES_OF_TOP = 4;

/** What no name server on a network has: whoever runs a zone could have others on this machine or link asked. */
const NEVER_ASKED: readonly Scope[] = ['loopback', 'link-local', 'multicast', 'unspecified'];

/** A zone as the servers above it, or a resolver, describe it. */
export interface Zone {
  readonly name: string;
  readonly servers: readonly ZoneServer[];
}

/** What one server of a zone says about a name. */
export interface ServerReply {
  /** The observation as such: what it says of the name, by whom and when. */
  readonly evidence: Evidence;
  readonly a: Answer;
  readonly aaaa: Answer;
  /** The zone below on the way to the name, where the server points to one or serves it itself. */
  readonly below: NameServers | null;
}

/** The server speaks for the zone: its word about the name counts. */
export const speaksForZone = ({ a, aaaa }: ServerReply): boolean =>
  [a, aaaa].some((answer) => answer.authoritative && (isDefinite(answer) || answer.chain.length > 0));

/** Asks every server of the zone for the name, all at once; each promise ends by itself and never rejects for what the network does. */
export function askZone(
  zone: Zone,
  name: string,
  ports: Ports,
  context: ProbeContext,
): Promise<ServerReply>[] {
  const limit = labelCount(zone.name) === 1 ? MAX_ADDRESSES_OF_TOP : MAX_ADDRESSES;
  return addressesToAsk(zone.servers, limit).map((server) => askServer(server, zone, name, ports, context));
}

/** One address of a name server. */
interface OneServer {
  readonly name: string;
  readonly address: string;
}

/** Both families of each server before the second address of any: a zone is to be seen over IPv4 and over IPv6. */
function addressesToAsk(servers: readonly ZoneServer[], limit: number): OneServer[] {
  const ranked = servers.flatMap(({ name, addresses }) =>
    (['ipv4', 'ipv6'] as const).flatMap((family) =>
      addresses
        .filter((address) => familyOf(address) === family && !NEVER_ASKED.includes(scopeOf(address)))
        .map((address, rank) => ({ server: { name, address }, rank })),
    ),
  );
  const unique = new Map(
    ranked.sort((one, other) => one.rank - other.rank).map(({ server }) => [server.address, server]),
  );
  return [...unique.values()].slice(0, limit);
}

async function askServer(
  server: OneServer,
  zone: Zone,
  name: string,
  { dns, clock, host }: Ports,
  context: ProbeContext,
): Promise<ServerReply> {
  const { signal } = context;
  const item = evidenceOf('authority', `${name}:${server.address}`, context, clock);
  const question = { server: server.address, recurse: false, timeoutMs: AUTHORITY_TIMEOUT };
  // A server may serve the zone below as well, and then answers without a referral: ask for each possible cut.
  const cuts = suffixes(name).filter((suffix) => suffix !== zone.name && isWithin(suffix, zone.name));
  const [a, aaaa, ...found] = await Promise.all([
    dns.ask({ ...question, name, type: 'A' }, signal),
    dns.ask({ ...question, name, type: 'AAAA' }, signal),
    ...cuts.map((cut) => dns.nameServers({ ...question, name: cut }, signal)),
  ]);
  const below = found
    .filter((each) => each !== null)
    .filter(
      ({ zone: cut, kind, authoritative }) => cuts.includes(cut) && (kind === 'referral' || authoritative),
    );
  // The deepest cut: a server of several zones knows the way down to the last.
  const deepest = below.sort((one, other) => other.zone.length - one.zone.length)[0];
  const evidence = item.ok(
    { name, zone: zone.name, server, a, aaaa },
    records(systemOfPlatform(host.platform), server.address, name, false),
  );
  return { evidence, a, aaaa, below: deepest ?? null };
}
