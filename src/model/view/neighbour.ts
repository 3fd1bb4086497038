import { isPublic } from '../address.ts';
import type { Case } from './case.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { type AddressState, control, reaches, stateOf } from './service.ts';

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
