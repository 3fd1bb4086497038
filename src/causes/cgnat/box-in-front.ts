import { isPublic } from '../../model/address.ts';
import type { Finding } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import { atHome } from '../../model/view/home.ts';

/** What the box in front of the router said of itself. */
export interface BoxInFront {
  readonly because: readonly Finding[];
  /** It lists a mapping of the service's port to the router. */
  readonly passesOn: boolean;
  readonly evidence: readonly string[];
}

/** The box in front of the router, asked by the same protocols; null where none answered. @param wan the router's address in its network */
export function boxInFront(the: Case, wan: string): BoxInFront | null {
  const upnp = atHome(the, 'upnp').filter(({ facts }) => facts.level === 2);
  const told = [...upnp, ...atHome(the, 'nat-pmp').filter(({ facts }) => facts.level === 2)];
  const answer = told.find(({ facts }) => facts.external !== null);
  if (answer?.facts.external == null) return null;
  const { gateway: outer, external: outerWan } = answer.facts;
  const finding: Finding = isPublic(outerWan)
    ? { code: 'double-nat', args: { wan, outer, outerWan } }
    : { code: 'outer-not-public', args: { outer, outerWan } };
  const passesOn = upnp.some(({ facts }) =>
    facts.mappings.some(
      ({ protocol, externalPort, client, enabled }) =>
        protocol === 'tcp' && externalPort === the.target.port && client === wan && enabled,
    ),
  );
  return { because: [finding], passesOn, evidence: [answer.id, ...upnp.map(({ id }) => id)] };
}
