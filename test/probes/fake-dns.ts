import { familyOf } from '../../src/model/address.ts';
import type { Answer } from '../../src/model/dns-answer.ts';
import type { Dns, DnsQuestion, NameServers } from '../../src/ports/ports.ts';

interface FakeZone {
  /** Name servers, each with its addresses. */
  readonly servers: Readonly<Record<string, readonly string[]>>;
  /** Records by name: addresses, or the target of a CNAME as `=target`. */
  readonly records?: Readonly<Record<string, readonly string[]>>;
  /** The zone above gives the servers' addresses along. */
  readonly glue?: boolean;
}

type Trouble = 'timed-out' | 'unreachable' | 'refused' | 'intercepted';

interface FakeInternet {
  readonly zones: Readonly<Record<string, FakeZone>>;
  /** Addresses of servers that behave otherwise. */
  readonly trouble?: Readonly<Record<string, Trouble>>;
  /** Resolvers, and for each what it makes up by name: addresses. */
  readonly resolvers?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const within = (name: string, zone: string) => name === zone || name.endsWith(`.${zone}`);

/** DNS of a small internet, without packets: authoritative servers by address, and resolvers that know everything. */
export function fakeDns({ zones, trouble = {}, resolvers = { '192.0.2.53': {} } }: FakeInternet) {
  const asked: string[] = [];
  const zoneOf = (name: string, known: readonly string[] = Object.keys(zones)) =>
    known.filter((zone) => within(name, zone)).sort((one, other) => other.length - one.length)[0];
  const servedBy = (address: string) =>
    Object.keys(zones).filter((zone) =>
      Object.values(zones[zone]?.servers ?? {})
        .flat()
        .includes(address),
    );

  const answer = (outcome: Answer['outcome'], more: Partial<Answer> = {}): Answer => ({
    outcome,
    rcode: { servfail: 'SERVFAIL', refused: 'REFUSED', nxdomain: 'NXDOMAIN' }[String(outcome)] ?? 'NOERROR',
    authoritative: false,
    recursionAvailable: false,
    chain: [],
    addresses: [],
    soa: null,
    ms: 1,
    ...more,
  });

  /** Follows the chain through the zones that `known` lists. */
  function look(
    name: string,
    type: 'A' | 'AAAA',
    known: readonly string[],
    chain: Answer['chain'] = [],
  ): Answer {
    const zone = zoneOf(name, known);
    // A name below another cut isn't this server's to answer.
    if (zone === undefined || zoneOf(name) !== zone) return answer('referral', { chain });
    const records = zones[zone]?.records ?? {};
    const own = records[name];
    const alias = own?.find((value) => value.startsWith('='))?.slice(1);
    if (alias !== undefined && chain.length < 16) {
      return look(alias, type, known, [...chain, { name, target: alias, ttl: 60 }]);
    }
    const family = type === 'A' ? 'ipv4' : 'ipv6';
    const addresses = (own ?? []).filter((value) => familyOf(value) === family);
    if (addresses.length > 0) {
      return answer('answer', { chain, addresses: addresses.map((address) => ({ address, ttl: 60 })) });
    }
    const exists = Object.keys(records).some((each) => within(each, name)) || name === zone;
    return answer(exists ? 'no-data' : 'nxdomain', { chain, soa: { zone, negativeTtl: 60 } });
  }

  const nsOf = (zone: string, along: boolean): NameServers['servers'] =>
    Object.entries(zones[zone]?.servers ?? {}).map(([name, addresses]) => ({
      name,
      addresses: along ? addresses : [],
    }));

  const dns: Pick<Dns, 'resolvers' | 'ask' | 'nameServers'> = {
    resolvers: async () => Object.keys(resolvers),
    async ask({ server, name, type }: DnsQuestion & { type: 'A' | 'AAAA' }, signal) {
      asked.push(`${server} ${name} ${type}`);
      const problem = trouble[server];
      if (problem === 'timed-out' || signal.aborted) return answer('timed-out', { rcode: null });
      if (problem === 'unreachable') return answer('unreachable', { rcode: null });
      if (problem === 'refused') return answer('refused');
      const invented = resolvers[server]?.[name];
      if (invented !== undefined) {
        const addresses = invented.filter((each) => (familyOf(each) === 'ipv4') === (type === 'A'));
        return answer(addresses.length > 0 ? 'answer' : 'no-data', {
          recursionAvailable: true,
          addresses: addresses.map((address) => ({ address, ttl: 0 })),
        });
      }
      const all = Object.keys(zones);
      const recursive = server in resolvers || problem === 'intercepted';
      const own = servedBy(server);
      if (problem !== 'intercepted' && own.length > 0) {
        const found = look(name, type, own);
        if (found.outcome !== 'referral' || found.chain.length > 0) {
          return { ...found, authoritative: true, recursionAvailable: recursive };
        }
        if (!recursive) return found;
      }
      return recursive ? { ...look(name, type, all), recursionAvailable: true } : answer('refused');
    },
    async nameServers({ server, name }, signal) {
      asked.push(`${server} ${name} NS`);
      const problem = trouble[server];
      if (signal.aborted || problem === 'timed-out' || problem === 'unreachable' || problem === 'refused')
        return null;
      if (resolvers[server]?.[name] !== undefined) return null;
      const own = servedBy(server);
      if (problem !== 'intercepted' && own.includes(name)) {
        return { zone: name, kind: 'answer', authoritative: true, servers: nsOf(name, false) };
      }
      const zone = zoneOf(name);
      if (server in resolvers || problem === 'intercepted') {
        if (zone !== name) return null;
        return { zone: name, kind: 'answer', authoritative: false, servers: nsOf(name, false) };
      }
      const above = zoneOf(name, own);
      if (above === undefined || zone === undefined || zone === above) return null;
      // The first cut below what this server serves.
      const cut = Object.keys(zones)
        .filter((each) => within(name, each) && within(each, above) && !own.includes(each))
        .sort((one, other) => one.length - other.length)[0];
      if (cut === undefined) return null;
      return {
        zone: cut,
        kind: 'referral',
        authoritative: false,
        servers: nsOf(cut, zones[cut]?.glue === true),
      };
    },
  };
  return { dns, asked };
}
