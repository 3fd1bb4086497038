import { isPublic } from '../address.ts';
import type { AddressRole, ProbeCode } from '../evidence.ts';
import { observerOf } from './at-home.ts';
import type { Case } from './case.ts';
import { onServer, serverAddresses4 } from './home.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { type AddressState, control, reaches, stateOf } from './service.ts';
import { isOutdatedBy } from './together.ts';

interface LanLook {
  readonly item: Reach;
  readonly state: AddressState;
}

/** What a machine beside the server gets at the server's own addresses, past no router. */
export function looksFromLan(the: Case): { four: LanLook | null; six: LanLook | null } {
  const known = control(the);
  const four = reachSeen(the.evidence).find(
    ({ vantage, facts }) => vantage === 'lan' && facts.roles.includes('lan') && facts.family === 'ipv4',
  );
  const six = reaches(the, 'ipv6').find(
    ({ vantage, facts }) =>
      vantage === 'lan' && isPublic(facts.address) && facts.roles.includes('aaaa-record'),
  );
  const look = (item: Reach | undefined): LanLook | null =>
    item === undefined ? null : { item, state: stateOf(the, item, known) };
  return { four: look(four), six: look(six) };
}

/** Roles of looks on the server's own network. */
const ON_THE_LAN: readonly AddressRole[] = ['lan', 'local-name', 'host'];

/** Looks of neighbours over IPv4 at the server's own address, no earlier than a probe on the server saw what it tells. */
function looksSince(the: Case, probe: ProbeCode): LanLook[] {
  const own = serverAddresses4(the).map(({ address }) => address);
  const told = onServer(the, probe);
  return reachSeen(the.evidence)
    .filter(
      (item) =>
        item.vantage === 'lan' &&
        item.facts.family === 'ipv4' &&
        item.facts.port === the.target.port &&
        item.facts.roles.some((role) => ON_THE_LAN.includes(role)) &&
        (own.length > 0 ? own.includes(item.facts.address) : item.facts.roles.includes('lan')) &&
        !told.some((each) => isOutdatedBy(item, each)),
    )
    .map((item) => ({ item, state: stateOf(the, item) }));
}

/** A neighbour got the service over IPv4 at the server itself: whatever the probe saw, it keeps not everybody out. */
export const getsInSince = (the: Case, probe: ProbeCode): LanLook | null =>
  looksSince(the, probe).find(({ state }) => state === 'answers') ?? null;

/** Neighbours got nothing over IPv4 at the server itself, and one of them the service over IPv6 at the same time. */
export function failsSince(the: Case, probe: ProbeCode): { four: LanLook; six: Reach } | null {
  const looks = looksSince(the, probe);
  if (looks.some(({ state }) => state === 'answers')) return null;
  for (const four of looks.filter(({ state }) => state === 'dead')) {
    const six = reaches(the, 'ipv6').find(
      (item) =>
        item.vantage === 'lan' &&
        observerOf(item.id) === observerOf(four.item.id) &&
        stateOf(the, item) === 'answers',
    );
    if (six !== undefined) return { four, six };
  }
  return null;
}
