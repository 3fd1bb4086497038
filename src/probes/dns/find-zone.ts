import type { NameServers, Ports } from '../../ports/ports.ts';
import type { ProbeContext } from '../context.ts';
import { askZone, type ServerReply, speaksForZone, type Zone } from './ask-zone.ts';
import { labelCount, suffixes } from './names.ts';
import { Recursion } from './recursion.ts';

/** Zone cuts passed on the way down; names with more than three or four are not for hosts. */
const MAX_DEPTH = 8;

/** The zone that a name lies in, with what its servers say of the name. */
export interface FoundZone {
  readonly zone: Zone;
  /** A server of a zone above pointed to it, or it answered for itself: not only a resolver's word. */
  readonly delegated: boolean;
  /** At least one server spoke for the zone. */
  readonly settled: boolean;
  readonly replies: readonly ServerReply[];
}

/**
 * Walks from the zones above the name down to its own, asking their servers directly.
 *
 * A resolver that invents answers for the name itself (split horizon, filters) is not believed: it is asked only
 * where to start. The walks start at the top-level domain, at the zone below it and at the deepest zone that a
 * resolver knows, all at once. The first in this order that reaches a server that speaks for the name counts;
 * the later ones are for networks in which the servers above can't be asked.
 */
export async function findZone(
  name: string,
  resolvers: readonly string[],
  ports: Ports,
  context: ProbeContext,
): Promise<FoundZone | null> {
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const walk = new Walk(name, new Recursion(ports.dns, resolvers, signal), ports, { ...context, signal });
  try {
    return await firstSettled(walk.starts());
  } finally {
    ended.abort();
  }
}

async function firstSettled(walks: readonly Promise<FoundZone | null>[]): Promise<FoundZone | null> {
  // A walk that isn't waited for any more must not end the process.
  for (const walk of walks) walk.catch(() => {});
  let best: FoundZone | null = null;
  for (const walk of walks) {
    const found = await walk;
    if (found?.settled === true) return found;
    // Without a server that speaks, the deepest zone is the likeliest to be the name's own.
    if (found !== null && (best === null || found.zone.name.length > best.zone.name.length)) best = found;
  }
  return best;
}

class Walk {
  readonly #name: string;
  readonly #recursion: Recursion;
  readonly #ports: Ports;
  readonly #context: ProbeContext;
  /** Walks by the zone that they start at: two starts may turn out to be one. */
  readonly #begun = new Map<string, Promise<FoundZone>>();

  constructor(name: string, recursion: Recursion, ports: Ports, context: ProbeContext) {
    this.#name = name;
    this.#recursion = recursion;
    this.#ports = ports;
    this.#context = context;
  }

  /** The walks, best first. */
  starts(): Promise<FoundZone | null>[] {
    const above = suffixes(this.#name).map((zone) => ({ zone, found: this.#recursion.nameServers(zone) }));
    const top = above.filter(({ zone }) => labelCount(zone) === 1);
    const below = above.filter(({ zone }) => labelCount(zone) > 1);
    return [
      this.#firstOf(top.map(({ found }) => found)),
      this.#firstOf(below.map(({ found }) => found)),
      this.#firstOf(below.map(({ found }) => found).reverse()),
    ];
  }

  /** Walks from the first zone that has servers, in the order given. */
  async #firstOf(zones: readonly ReturnType<Recursion['nameServers']>[]): Promise<FoundZone | null> {
    for (const zone of zones) {
      const found = await zone;
      if (found === null) continue;
      const walk = this.#begun.get(found.zone) ?? this.#from(found);
      this.#begun.set(found.zone, walk);
      return walk;
    }
    return null;
  }

  async #from({ zone, servers }: NameServers): Promise<FoundZone> {
    return this.#down({ name: zone, servers: await this.#recursion.withAddresses(servers) }, false, 0);
  }

  async #down(zone: Zone, delegated: boolean, depth: number): Promise<FoundZone> {
    const step = new AbortController();
    const signal = AbortSignal.any([this.#context.signal, step.signal]);
    const asked = askZone(zone, this.#name, this.#ports, { ...this.#context, signal });
    const pointer = depth < MAX_DEPTH ? await firstPointer(asked) : null;
    if (pointer !== null) {
      // The rest of this zone's servers would only say the same.
      step.abort();
      const servers = await this.#recursion.withAddresses(pointer.servers);
      return this.#down({ name: pointer.zone, servers }, true, depth + 1);
    }
    const replies = await Promise.all(asked);
    const settled = replies.some(speaksForZone);
    return { zone, delegated: delegated || settled, settled, replies };
  }
}

/**
 * The zone below that the first server to answer usefully points to; null where that one speaks for the zone itself,
 * or where none does either. Silent servers are waited for only where no other answers.
 */
async function firstPointer(asked: readonly Promise<ServerReply>[]): Promise<ServerReply['below']> {
  const useful = asked.map(async (each) => {
    const reply = await each;
    if (reply.below === null && !speaksForZone(reply)) throw new Error('not useful');
    return reply.below;
  });
  return Promise.any(useful).catch(() => null);
}
