import { compareIdentity } from '../identity.ts';
import type { Case } from './case.ts';
import { type Reach, reachSeen } from './reach-seen.ts';
import { reaches } from './service.ts';

/** What answers on the server's own IPv4 address on the local network, tried by the server itself. */
export interface OwnFour {
  readonly item: Reach;
  /** Beside what answers on its own IPv6 address, the control: not that of an edge before it. */
  readonly as: 'same' | 'different' | 'unknown';
}

/** Null where nothing connected there. */
export function ownFour(the: Case): OwnFour | null {
  const item = reachSeen(the.evidence).find(
    ({ facts, vantage }) => vantage === 'server' && facts.roles.includes('host') && facts.identity !== null,
  );
  if (item?.facts.identity == null) return null;
  const six = reaches(the, 'ipv6').find(
    ({ facts, vantage }) => vantage === 'server' && facts.roles.includes('own') && facts.identity !== null,
  );
  if (six?.facts.identity == null) return { item, as: 'unknown' };
  return { item, as: compareIdentity(six.facts.identity, item.facts.identity, nameOf(the)) };
}

/** What answered outside is what the server itself answers over IPv4. */
export function isThisServer(the: Case, outside: Reach): Reach | null {
  const own = ownFour(the);
  if (own?.item.facts.identity == null || outside.facts.identity === null) return null;
  const same = compareIdentity(own.item.facts.identity, outside.facts.identity, nameOf(the)) === 'same';
  return same ? own.item : null;
}

const nameOf = ({ target }: Case): string | null => (target.hostKind === 'name' ? target.host : null);
