import type { Family } from '../../model/address.ts';
import type { FirewallDecision } from '../../model/facts/host.ts';
import { canStop } from './can-stop.ts';
import { type Found, follow, nothing, type Question, type Surroundings } from './follow.ts';
import { destinationsOf } from './own.ts';
import { deciding } from './software.ts';
import { someNeighbour, someoneOnTheInternet } from './strangers.ts';

/** Why the rules couldn't be read in part: what the others don't stop is unknown. */
type Unread = Readonly<Record<Family, string | null>>;

/** Judges the port for each family and source, and each of at most two own addresses. */
export function decide(
  { port, protocol }: { readonly port: number; readonly protocol: 'tcp' | 'udp' },
  around: Surroundings & { readonly unread: Unread },
): FirewallDecision[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) =>
    destinationsOf(around.network, family).flatMap((own) => {
      const at = { family, protocol, destination: own.address, port, iif: own.interface };
      const neighbour = someNeighbour(own.address, own.prefixLength);
      const isDefault = around.network.defaults[family] === own.interface;
      return [
        decideFor(
          {
            ...at,
            source: 'internet',
            who: someoneOnTheInternet[family],
            reverseRoute: isDefault ? 'yes' : 'unknown',
          },
          around,
        ),
        ...(neighbour === null
          ? []
          : [decideFor({ ...at, source: 'lan', who: neighbour, reverseRoute: 'yes' }, around)]),
      ];
    }),
  );
}

function decideFor(question: Question, around: Surroundings & { readonly unread: Unread }): FirewallDecision {
  const { family, source, destination, port } = question;
  const found: readonly Found[] = follow(question, around);
  const undecided = found.find(({ because }) => because !== null)?.because ?? null;
  // Where several rules may decide, and all say the same, the last is the one that certainly matches.
  const last = found.at(-1) ?? nothing;
  const agree = found.every(({ verdict }) => verdict === last.verdict);
  const unread = around.unread[family] ?? bridgeRules(question.iif, around);
  const verdict = !agree
    ? 'unknown'
    : last.verdict === 'accept' && unread !== null
      ? 'unknown'
      : last.verdict;
  const isKnown = verdict !== 'unknown';
  return {
    family,
    source,
    destination,
    port,
    verdict,
    path: last.path,
    by: isKnown && last.by !== null ? deciding(last.by) : null,
    translatedTo: last.translatedTo,
    unknownBecause: isKnown
      ? null
      : (undecided ?? unread ?? last.because ?? 'the rules can end in more than one way'),
  };
}

/** Rules of the bridge family see frames, which isn't modelled. */
function bridgeRules(iif: string, { tables, network }: Surroundings): string | null {
  const stops = tables.some(
    (table) =>
      table.family === 'bridge' &&
      [...table.chains.values()].some((chain) => chain.base !== null && canStop(table, chain)),
  );
  return stops && network.bridges.has(iif) ? 'rules of the bridge family' : null;
}
