import type { Answer } from 'dns-packet';
import { AA, a, cname, ns, RA, replyTo, soa, startDnsServer } from '../ports/node/dns-server.ts';

const REFUSED = 5;
const NXDOMAIN = 3;

/** How a server behaves: it answers; it answers nothing; or it serves no zone that it is asked for. */
type Mood = 'serves' | 'silent' | 'lame';

export interface SmallDns extends AsyncDisposable {
  /** Ports on loopback: the resolver's, and those of the name servers in the order of their addresses. */
  readonly resolverPort: number;
  readonly serverPorts: readonly number[];
  /** Replaces the A records of a name in the zone; none takes the name out of it. */
  point(name: string, ...addresses: string[]): void;
  alias(name: string, target: string): void;
  /** What the resolver has for a name, whatever the zone says; null lets it ask the zone again. */
  cache(name: string, address: string | null, ttl?: number): void;
  /** Name servers by their place, or the resolver. */
  mood(which: number | 'resolver', mood: Mood): void;
  /** Questions that came, as `ns1 A home.example.org`. */
  readonly asked: string[];
}

export interface SmallDnsOptions {
  readonly zone: string;
  /** Addresses of the zone's name servers, as the resolver tells them. */
  readonly servers: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  /** The A records of a name as they are now, where something else keeps them. */
  readonly live?: (name: string) => readonly string[];
  /** Where they listen: any free port of 127.0.0.1, or port 53 of these very addresses and of the resolver's. */
  readonly on?: { readonly resolver: string };
}

/** A zone, its name servers and a resolver, on loopback: real packets, answers as told. */
export async function smallDns({ zone, servers, ttl, live, on }: SmallDnsOptions): Promise<SmallDns> {
  const hosts = servers.map((address, index) => ({ name: `ns${index + 1}.${zone}`, address }));
  const apex: Answer[] = [soa(zone, 60), ...hosts.map(({ name }) => ns(zone, name))];
  const fixed: Answer[] = [...apex, ...hosts.map(({ name, address }) => a(name, address))];
  const names = new Map<string, Answer[]>();
  const cached = new Map<string, Answer>();
  const moods = new Map<number | 'resolver', Mood>();
  const asked: string[] = [];

  const sections = (name: string, type: string, records: readonly Answer[]) => {
    const here = records.filter((record) => record.name === name);
    const answers = here.filter((record) => record.type === type || record.type === 'CNAME');
    return { answers, exists: here.length > 0 };
  };
  const start = (which: number | 'resolver', address: string | undefined) =>
    startDnsServer(
      {
        udp: (query, socket, from) => {
          const { name = '', type = '' } = query.questions?.[0] ?? {};
          asked.push(`${which === 'resolver' ? which : `ns${which + 1}`} ${type} ${name}`);
          const mood = moods.get(which) ?? 'serves';
          if (mood === 'silent') return;
          const send = (flags: number, answers: Answer[]) =>
            socket.send(replyTo(query, flags, { answers }), from.port, from.address);
          const mine = name === zone || name.endsWith(`.${zone}`);
          if (mood === 'lame' || (which !== 'resolver' && !mine)) return send(REFUSED, []);
          const flag = which === 'resolver' ? RA : AA;
          const old = which === 'resolver' && type === 'A' ? cached.get(name) : undefined;
          if (old !== undefined) return send(flag, [old]);
          const kept = (live?.(name) ?? []).map((address) => a(name, address, ttl));
          const { answers, exists } = sections(name, type, [
            ...fixed,
            ...kept,
            ...[...names.values()].flat(),
          ]);
          send(exists ? flag : flag | NXDOMAIN, answers);
        },
      },
      address,
      address === undefined ? 0 : 53,
    );
  const resolver = await start('resolver', on?.resolver);
  const running = await Promise.all(
    servers.map((address, index) => start(index, on === undefined ? undefined : address)),
  );
  return {
    resolverPort: resolver.port,
    serverPorts: running.map(({ port }) => port),
    asked,
    point: (name, ...addresses) =>
      void names.set(
        name,
        addresses.map((address) => a(name, address, ttl)),
      ),
    alias: (name, target) => void names.set(name, [cname(name, target, ttl)]),
    cache: (name, address, left = ttl) =>
      void (address === null ? cached.delete(name) : cached.set(name, a(name, address, left))),
    mood: (which, mood) => void moods.set(which, mood),
    [Symbol.asyncDispose]: async () => {
      for (const server of [resolver, ...running]) server.close();
    },
  };
}
