import type { Evidence, Vantage } from '../../src/model/evidence.ts';
import type { Case } from '../../src/model/view/case.ts';
import { reach } from '../../test/support/evidence.ts';
import { arrivals, firewall, listeners, routes, upnp } from '../../test/support/evidence-host.ts';
import { stun } from '../../test/support/evidence-path.ts';
import { caseOf, dead, deadOutside, LINE, outside, SIX, SIX_HERE, zone } from '../../test/support/home.ts';
import { STABLE6, WAN4 } from '../../test/support/names.ts';

/** What is seen of a home where all is right: by root on the server, with an agent outside. */
const RIGHT = {
  /** The server's addresses, and what services tell of the line's. */
  line: LINE,
  six: SIX,
  records: zone([WAN4]),
  /** What the router tells, and what a person read on its page. */
  router: [upnp(WAN4, [{}])],
  ports: [stun()],
  listeners: [listeners()],
  firewall: [firewall()],
  routes: [routes()],
  arrivals: [arrivals({ packets: 3 })],
  /** IPv4 as it is seen from the server, and from outside. */
  inside: [reach(WAN4)],
  outside: [outside(WAN4)],
  /** Looks at other ports and other machines, which `caseOf` would take for looks at the service. */
  aside: [],
} satisfies Record<string, readonly Evidence[]>;

/** What was seen otherwise. */
export type Seen = { readonly [part in keyof typeof RIGHT]?: readonly Evidence[] };

/** Nothing came in from outside: no answer, and no packet. */
export const NOTHING_COMES: Seen = {
  arrivals: [arrivals(null)],
  inside: [dead(WAN4)],
  outside: [deadOutside(WAN4)],
};
/** The packets come to the server, and no answer goes back. */
export const NO_ANSWER: Seen = { inside: [dead(WAN4)], outside: [deadOutside(WAN4)] };
/** There is no agent, and so nothing to watch for. */
export const NOBODY_OUTSIDE: Seen = {
  six: SIX_HERE,
  records: zone([WAN4], [STABLE6], false),
  arrivals: [],
  inside: [dead(WAN4)],
  outside: [],
};

/** One thing that may be found, and what was seen of it. */
export interface Example {
  /** What was seen, as a reader would say it. */
  readonly where: string;
  readonly seen: Seen;
  readonly target?: string;
  /** Where the diagnosis runs. */
  readonly vantage?: Vantage;
}

/** The case of a home in which all is right but for what was seen otherwise. */
export function caseOfHome({ seen, target, vantage }: Example): Case {
  const { aside, ...parts } = { ...RIGHT, ...seen };
  const the = caseOf({
    evidence: Object.values(parts).flat(),
    ...(target === undefined ? {} : { target }),
    ...(vantage === undefined ? {} : { vantage }),
  });
  return { ...the, evidence: [...the.evidence, ...aside] };
}
