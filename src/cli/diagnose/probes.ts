import { addresses } from '../../probes/addresses.ts';
import { watchArrivals } from '../../probes/arrivals.ts';
import { authority } from '../../probes/authority.ts';
import { firewall } from '../../probes/firewall.ts';
import { listeners } from '../../probes/listeners.ts';
import { openMapping } from '../../probes/mapping-trial.ts';
import { natPmp } from '../../probes/nat-pmp.ts';
import { osLookup } from '../../probes/os-lookup.ts';
import { pcp } from '../../probes/pcp.ts';
import { reach } from '../../probes/reach.ts';
import { resolver } from '../../probes/resolver.ts';
import { routes } from '../../probes/routes.ts';
import { stun } from '../../probes/stun.ts';
import { system } from '../../probes/system.ts';
import { trace } from '../../probes/trace.ts';
import { udpReach } from '../../probes/udp-reach.ts';
import { upnp } from '../../probes/upnp.ts';
import { whoami } from '../../probes/whoami.ts';

/** Every probe that a diagnosis runs here. */
export const PROBES = {
  addresses,
  authority,
  firewall,
  listeners,
  natPmp,
  openMapping,
  osLookup,
  pcp,
  reach,
  resolver,
  routes,
  stun,
  system,
  trace,
  udpReach,
  upnp,
  watchArrivals,
  whoami,
};
export type Probes = typeof PROBES;
