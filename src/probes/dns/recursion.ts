import type { Dns, NameServers } from '../../ports/ports.ts';

/** ms for a question to a resolver, which may have to ask several servers itself. */
const RECURSION_TIMEOUT = 3_000;

/** Servers of a zone whose addresses are looked up; each is two questions. */
const MAX_SERVERS = 8;

/** A name server with the addresses to ask it at. */
export interface ZoneServer {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** The system's resolvers, asked all at once: the first that knows counts. */
export class Recursion {
  readonly #dns: Dns;
  readonly #resolvers: readonly string[];
  readonly #signal: AbortSignal;

  constructor(dns: Dns, resolvers: readonly string[], signal: AbortSignal) {
    this.#dns = dns;
    this.#resolvers = resolvers;
    this.#signal = signal;
  }

  /** The name servers of a zone; null where the name is none, or nobody knows. */
  nameServers(zone: string): Promise<NameServers | null> {
    return this.#first(async (server) => {
      const question = { server, name: zone, recurse: true, timeoutMs: RECURSION_TIMEOUT };
      const found = await this.#dns.nameServers(question, this.#signal);
      return found?.zone === zone ? found : null;
    });
  }

  /** Servers with addresses: those that came along with the delegation, others looked up. */
  withAddresses(servers: NameServers['servers']): Promise<ZoneServer[]> {
    return Promise.all(
      servers.slice(0, MAX_SERVERS).map(async ({ name, addresses }) => ({
        name,
        addresses: addresses.length > 0 ? addresses : await this.#addressesOf(name),
      })),
    );
  }

  async #addressesOf(name: string): Promise<string[]> {
    const both = await Promise.all(
      (['A', 'AAAA'] as const).map((type) =>
        this.#first(async (server) => {
          const question = { server, name, type, recurse: true, timeoutMs: RECURSION_TIMEOUT };
          const answer = await this.#dns.ask(question, this.#signal);
          return answer.outcome === 'answer' ? answer.addresses.map(({ address }) => address) : null;
        }),
      ),
    );
    return both.flatMap((addresses) => addresses ?? []);
  }

  /** The first result that isn't null, of whichever resolver; null where there is none. */
  async #first<T>(ask: (resolver: string) => Promise<T | null>): Promise<T | null> {
    const known = this.#resolvers.map(async (resolver) => {
      const result = await ask(resolver);
      if (result === null) throw new Unknown();
      return result;
    });
    try {
      return await Promise.any(known);
    } catch (error) {
      const bug =
        error instanceof AggregateError ? error.errors.find((each) => !(each instanceof Unknown)) : error;
      if (bug !== undefined) throw bug;
      return null;
    }
  }
}

/** One resolver doesn't know: wait for the others. */
class Unknown extends Error {}
