import { familyOf } from '../model/address.ts';
import type { Dns, Net } from '../ports/ports.ts';

/** Tries to each address, one after the other: the shortest is nearest to what the path itself takes. */
const TRIES = 3;
/** ms; whoever is further away than this is no candidate. */
const TIMEOUT = 1_500;

interface World {
  readonly dns: Pick<Dns, 'lookup'>;
  readonly net: Pick<Net, 'connect'>;
}

/**
 * Milliseconds of a round trip to the nearest of the hosts, as a TCP handshake shows it: the shortest of several, over
 * whichever family is faster. Null where none answers.
 */
export async function roundTrip(
  hosts: readonly string[],
  port: number,
  { dns, net }: World,
  signal: AbortSignal,
): Promise<number | null> {
  const found = await Promise.all(hosts.map((host) => dns.lookup(host).catch((): string[] => [])));
  const all = [...new Set(found.flat())];
  // One of each family: a region's addresses are all at the same place.
  const picked = (['ipv6', 'ipv4'] as const).flatMap(
    (family) => all.find((address) => familyOf(address) === family) ?? [],
  );
  const times = await Promise.all(picked.map((address) => shortest(address, port, net, signal)));
  const best = Math.min(...times);
  return Number.isFinite(best) ? best : null;
}

async function shortest(
  address: string,
  port: number,
  net: World['net'],
  signal: AbortSignal,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < TRIES && !signal.aborted; tries += 1) {
    const { outcome, ms } = await net.connect(address, port, TIMEOUT, signal);
    // A refusal has gone there and back as well.
    if (outcome !== 'connected' && outcome !== 'refused') break;
    best = Math.min(best, ms);
  }
  return best;
}
