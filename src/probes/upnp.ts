import { upnpList } from '../model/by-hand/router.ts';
import type { Evidence } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import { budgetOf } from './router/budget.ts';
import { findConnection } from './router/igd.ts';
import { listMappings } from './upnp/mappings.ts';

/** ms, all together; the list of mappings has what finding the router leaves. */
const UPNP_TIMEOUT = 2_900;

export interface UpnpQuestion {
  /** Address of the router. */
  readonly gateway: string;
  /** 1: the router of the local network; 2: the box in front of it. */
  readonly level: number;
  /** Search the local network as well, for routers that don't answer when asked themselves. */
  readonly multicast: boolean;
}

/**
 * What the router says over UPnP: its external address and the mappings that it lists. Reads only.
 * Nothing is fetched from anywhere but the gateway's own address.
 */
export async function upnp(
  { gateway, level, multicast }: UpnpQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence[]> {
  const item = evidenceOf('upnp', gateway, context, ports.clock);
  const system = systemOfPlatform(ports.host.platform);
  const budget = budgetOf(UPNP_TIMEOUT, ports.clock);
  const found = await findConnection({ gateway, multicast }, budget, ports, context.signal);
  if (!found.ok) return [item.failed(found.reason, upnpList(system, null))];
  const { location, device, control, status, told, external } = found.connection;
  const { mappings, mappingsComplete } = await listMappings(control, budget, ports, context.signal);
  const facts = {
    gateway,
    level,
    location,
    device,
    service: control.serviceType,
    status,
    told,
    external,
    mappings: [...mappings],
    mappingsComplete,
  };
  return [item.ok(facts, upnpList(system, location))];
}
