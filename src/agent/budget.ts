import { networkOf } from './dial-policy.ts';
import {
  ADDRESSES_PER_HOUR,
  DIALS_AT_ONCE,
  LOOKS_PER_DESTINATION_PER_MINUTE,
  LOOKS_PER_MINUTE,
  PORTS_PER_DESTINATION_PER_HOUR,
} from './limits.ts';
import { rateLimit, varietyLimit } from './rates.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** There is one budget for everyone who holds the token. */
const ALL = 'all';
/** Time after which a place among the running looks is likely to be free, milliseconds. */
const BUSY_MS = 5_000;

type Grant =
  | { readonly ok: true; release(): void }
  | { readonly ok: false; readonly sentence: string; readonly waitMs: number };

/** One address and port that is connected to or traced; null for a trace without a port. */
export interface Dial {
  readonly address: string;
  readonly port: number | null;
}

export interface Budget {
  /** Asks for a look that dials these. A refused look costs nothing; a granted one is released when it has ended. */
  grant(dials: readonly Dial[]): Grant;
}

/** What a trace without a port counts as: traceroute's first UDP port. */
const TRACE_PORT = 33_434;

/**
 * What even the owner of the token gets: enough to diagnose a service, too little to scan or to flood.
 *
 * @param now milliseconds on a clock that never goes back
 */
export function budget(now: () => number): Budget {
  const looks = rateLimit({ limit: LOOKS_PER_MINUTE, windowMs: MINUTE_MS, keys: 1 }, now);
  const destinations = varietyLimit({ limit: ADDRESSES_PER_HOUR, windowMs: HOUR_MS, keys: 1 }, now);
  // ADDRESSES_PER_HOUR bounds the networks of an hour: none is forgotten before its time.
  const keys = ADDRESSES_PER_HOUR;
  const looksAt = rateLimit({ limit: LOOKS_PER_DESTINATION_PER_MINUTE, windowMs: MINUTE_MS, keys }, now);
  const portsOf = varietyLimit({ limit: PORTS_PER_DESTINATION_PER_HOUR, windowMs: HOUR_MS, keys }, now);
  let running = 0;

  return {
    grant: (dials) => {
      const addresses = [...new Set(dials.map(({ address }) => address))];
      const ports = new Map<string, Set<number>>();
      for (const { address, port } of dials) {
        const network = networkOf(address);
        ports.set(network, (ports.get(network) ?? new Set()).add(port ?? TRACE_PORT));
      }
      const networks = [...ports.keys()];
      // A look that only asks the resolvers takes a place as well.
      const places = Math.max(dials.length, 1);
      const longest = (waits: readonly number[]): number => Math.max(0, ...waits);
      const checks: readonly (readonly [waitMs: number, sentence: string])[] = [
        [running + places > DIALS_AT_ONCE ? BUSY_MS : 0, 'The agent is busy with other looks.'],
        [looks.wait(ALL), `The agent looks ${LOOKS_PER_MINUTE} times a minute at most.`],
        [
          destinations.wait(ALL, addresses),
          `The agent looks at ${ADDRESSES_PER_HOUR} addresses an hour at most.`,
        ],
        [
          longest(networks.map((network) => looksAt.wait(network))),
          `The agent looks at one address or /64 ${LOOKS_PER_DESTINATION_PER_MINUTE} times a minute at most.`,
        ],
        [
          longest([...ports].map(([network, each]) => portsOf.wait(network, [...each]))),
          `The agent looks at ${PORTS_PER_DESTINATION_PER_HOUR} ports of one address or /64 an hour at most.`,
        ],
      ];
      const refused = checks.find(([waitMs]) => waitMs > 0);
      if (refused !== undefined) return { ok: false, waitMs: refused[0], sentence: refused[1] };

      looks.take(ALL);
      destinations.take(ALL, addresses);
      for (const [network, each] of ports) {
        looksAt.take(network);
        portsOf.take(network, [...each]);
      }
      running += places;
      return {
        ok: true,
        release: () => {
          running -= places;
        },
      };
    },
  };
}
