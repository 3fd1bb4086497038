import type { Family } from '../model/address.ts';
import { isPublic } from '../model/address.ts';
import type { Diagnosis, Tri } from '../model/diagnosis.ts';
import type { TcpOutcome } from '../model/evidence.ts';
import type { Case } from '../model/view/case.ts';
import { edgeProvider } from '../model/view/proxies.ts';
import { publicRecords } from '../model/view/records.ts';
import {
  type AddressState,
  clientAddresses,
  control,
  reaches,
  seesAsInternet,
  stateOf,
} from '../model/view/service.ts';
import { block, type Page, paint, spread } from './page.ts';

/** One family's way from a client to the service, and where it stops. */
export interface Path {
  readonly steps: readonly string[];
  /** What stops it after the last step; null where nothing was seen to. */
  readonly stop: string | null;
  readonly result: string;
}

const STOPS: Partial<Record<AddressState, string>> = {
  'other-service': 'another service',
  unrecognised: 'who answers?',
  flaky: 'now and then',
};

const DEAD: Partial<Record<TcpOutcome['outcome'], string>> = {
  'timed-out': 'no answer',
  refused: 'refused',
  'icmp-unreachable': 'unreachable',
  error: 'fails',
};

const RESULT: Readonly<Record<Tri, string>> = { yes: 'works', no: 'fails', unknown: 'not known' };

export function pathOf(diagnosis: Diagnosis, family: Family): Path {
  const the: Case = diagnosis;
  const reachable = diagnosis.reachable[family];
  const type = family === 'ipv4' ? 'A' : 'AAAA';
  const byName = diagnosis.target.hostKind === 'name';
  const records = byName ? publicRecords(the, type) : null;
  const start = byName ? ['internet', 'DNS'] : ['internet'];
  if (records !== null && !records.definite) {
    return { steps: start, stop: 'no usable answer', result: RESULT[reachable] };
  }
  const addresses = clientAddresses(the, family);
  if (addresses.length === 0) {
    const missing = records?.outcome === 'nxdomain' ? 'no such name' : `no ${type} record`;
    const stop = byName ? missing : 'no address given';
    return { steps: start, stop, result: RESULT[reachable] };
  }
  const shown = addresses.length > 2 ? [...addresses.slice(0, 2), '…'] : addresses;
  const steps = [...start, shown.join(', ')];
  if (addresses.every((address) => !isPublic(address))) {
    return { steps, stop: 'not a public address', result: RESULT[reachable] };
  }
  if (records?.partlyMissing === true)
    return { steps, stop: 'not told by all servers', result: RESULT[reachable] };
  if (reachable === 'yes')
    return { steps: [...steps, 'service'], stop: null, result: worksIn(the, addresses) };
  const seenStates = reaches(the, family)
    .filter(({ facts }) => addresses.includes(facts.address))
    .map((item) => ({ item, state: stateOf(the, item, control(the)) }));
  const edge = (address: string): boolean => edgeProvider(address, records?.chain ?? []) !== null;
  const outside = seenStates.filter(({ item }) => seesAsInternet(item, edge(item.facts.address)));
  const failing = (reachable === 'no' ? outside : seenStates).find(({ state }) => state !== 'answers');
  if (reachable === 'no') {
    const tries = failing?.item.facts.attempts.length;
    return {
      steps,
      stop: failing === undefined ? untried(addresses) : stopOf(failing),
      result: tries === undefined ? RESULT.no : `fails, ${tries} tries`,
    };
  }
  const answersHere = seenStates.some(({ state }) => state === 'answers');
  const result = answersHere ? 'answers here; not seen from outside' : 'not seen from outside';
  return {
    steps: answersHere ? [...steps, 'service'] : steps,
    stop: null,
    result: outside.length > 0 ? RESULT.unknown : result,
  };
}

/** Clients may pick any of the addresses; those that aren't public need no trying. */
const untried = (addresses: readonly string[]): string =>
  addresses.every(isPublic) ? 'old copies elsewhere' : 'not all are public';

function stopOf({ state, item }: { state: AddressState; item: ReturnType<typeof reaches>[number] }): string {
  const outcome = item.facts.attempts[0]?.outcome ?? 'timed-out';
  return (state === 'dead' ? DEAD[outcome] : STOPS[state]) ?? 'no answer';
}

function worksIn(the: Case, addresses: readonly string[]): string {
  const times = reaches(the)
    .filter(({ facts, vantage }) => vantage === 'outside' && addresses.includes(facts.address))
    .flatMap(({ facts }) =>
      facts.attempts.filter(({ outcome }) => outcome === 'connected').map(({ ms }) => ms),
    );
  return times.length === 0 ? RESULT.yes : `works, ${Math.max(1, Math.round(Math.min(...times)))} ms`;
}

/** The line that is the diagnosis: as a drawing, or in the same words for pipes and screen readers. */
export function pathLine(page: Page, family: Family, { steps, stop, result }: Path): string {
  const label = family === 'ipv4' ? 'IPv4' : 'IPv6';
  const color =
    stop !== null && result.startsWith('fails') ? 'red' : result.startsWith('works') ? 'green' : 'yellow';
  if (!page.drawing) {
    const stopped = stop === null ? '' : `, stops: ${stop}`;
    return block(page, `${label}: ${steps.join(' > ')}${stopped}: ${result}`, 2, 4);
  }
  const way = steps.join(' ── ');
  const drawn = stop === null ? way : `${way} ─${paint(page, 'red', '✕')} ${stop}`;
  return spread(page, `  ${paint(page, 'bold', label)}   ${drawn}`, paint(page, color, result));
}
