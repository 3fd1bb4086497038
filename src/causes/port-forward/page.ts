import { isHere } from '../../model/evidence.ts';
import type { Finding } from '../../model/finding.ts';
import { compareIdentity } from '../../model/identity.ts';
import type { Case } from '../../model/view/case.ts';
import type { Forward } from '../../model/view/forward.ts';
import { lineAddresses } from '../../model/view/line.ts';
import { type Reach, reachSeen } from '../../model/view/reach-seen.ts';
import { control, reaches, stateOf } from '../../model/view/service.ts';

/** The evidence of the router's own page on the local network, if what answered outside is the same. */
export function routersPage(the: Case, outside: Reach): string | null {
  const name = the.target.hostKind === 'name' ? the.target.host : null;
  const { identity } = outside.facts;
  if (identity === null) return null;
  const page = reachSeen(the.evidence).find(
    ({ facts }) =>
      facts.roles.includes('gateway') &&
      facts.identity !== null &&
      compareIdentity(facts.identity, identity, name) === 'same',
  );
  return page?.id ?? null;
}

/** From inside, the line's address gives the service: the router has the mapping, whatever its firewall does. */
export function answersInside(
  the: Case,
  forward: Forward,
): { because: Finding[]; evidence: string[] } | null {
  const known = control(the);
  const line = lineAddresses(the);
  const inside = reaches(the, 'ipv4').find(
    (item) =>
      isHere(item) &&
      item.vantage !== 'outside' &&
      line.includes(item.facts.address) &&
      stateOf(the, item, known) === 'answers',
  );
  if (inside === undefined || forward.state === 'right') return null;
  const { port } = the.target;
  return {
    because: [
      { code: 'mapping-right', args: { source: 'inside', externalPort: port, client: null, port: null } },
    ],
    evidence: [inside.id],
  };
}
