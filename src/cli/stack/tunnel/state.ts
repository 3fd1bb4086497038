import { NAME_RECORDS_TYPE, TUNNEL_READY_TYPE, TUNNEL_TYPE } from '../../../components/type-names.ts';
import type { Plan } from '../../../model/plan.ts';
import { tunnelHost } from '../../../model/tunnel-plan.ts';
import type { NameInZone } from '../../../model/zone-records.ts';
import { type NameSoFar, NOTHING_AT_NAME } from '../../../remedies/dns-records/cloudflare-name.ts';
import { isStarted, ownResources, type StateResource } from '../deployment.ts';
import { nameSoFar } from '../name-state.ts';

/** What a tunnel's stack has made, by its state. */
interface TunnelState {
  /** Something was provisioned, or was about to be. */
  readonly started: boolean;
  /** Null while there is none. */
  readonly tunnelId: string | null;
  /** A connector was seen, so that the name leads there. */
  readonly connected: boolean;
}

/** @param deployment the stack's state as `pulumi stack export` gives it */
export function tunnelState(deployment: unknown): TunnelState {
  return {
    started: isStarted(deployment),
    tunnelId: own(deployment, TUNNEL_TYPE)?.id ?? null,
    connected: own(deployment, TUNNEL_READY_TYPE)?.outputs?.connected === true,
  };
}

/** Whether a connector was seen on the tunnel: in this `up`, or only in one before; `up` looks until there was one. */
export type SeenConnector = 'now' | 'before' | 'none';

/** @param before the stack's state as it was @param after the same after `up` */
export function seenConnector(before: unknown, after: unknown): SeenConnector {
  const [was, is] = [tunnelState(before), tunnelState(after)];
  if (!is.connected) return 'none';
  return was.connected && was.tunnelId === is.tunnelId ? 'before' : 'now';
}

const own = (deployment: unknown, type: string): StateResource | undefined =>
  ownResources(deployment).find((each) => each.type === type);

/**
 * What the stack has done at the name. As long as it only waits for a connector, that is nothing: what is there may change,
 * and what was agreed to holds for what is still as it was.
 */
export function tunnelNameSoFar(
  deployment: unknown,
  name: string,
  earlier: Plan | null,
  held: NameInZone | null,
): NameSoFar {
  const { started, tunnelId } = tunnelState(deployment);
  const host = tunnelId === null ? null : tunnelHost(tunnelId);
  const records = own(deployment, NAME_RECORDS_TYPE);
  const isBegun =
    (records !== undefined && records.outputs?.hold !== true) || (host !== null && held?.cname === host);
  const planned = plannedAtName(earlier);
  if (!isBegun) {
    const same = (planned?.name === name ? planned.previous : []).filter((before) =>
      held?.addresses.some(({ id, content }) => id === before.id && content === before.content),
    );
    return { ...NOTHING_AT_NAME, started, previous: same };
  }
  const soFar = nameSoFar(deployment, name, planned);
  return host === null ? soFar : { ...soFar, cnames: [...soFar.cnames, host] };
}

/** What a plan says of a name, also where the stack was another remedy before. */
function plannedAtName(plan: Plan | null): Parameters<typeof nameSoFar>[2] {
  if (plan?.remedy === 'edge-proxy') return plan;
  return plan?.remedy === 'tunnel' ? { name: plan.name, previous: plan.previous, records: [] } : null;
}
