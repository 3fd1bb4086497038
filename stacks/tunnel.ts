import { ZeroTrustTunnelCloudflared } from '@pulumi/cloudflare/zeroTrustTunnelCloudflared.js';
import { ZeroTrustTunnelCloudflaredConfig } from '@pulumi/cloudflare/zeroTrustTunnelCloudflaredConfig.js';
import * as pulumi from '@pulumi/pulumi';
import { freeTunnelName } from '../src/cloud/cloudflare/tunnels.ts';
import { NameRecords } from '../src/components/name-records.ts';
import { TunnelEnd, TunnelLeftovers, TunnelReady } from '../src/components/tunnel-connections.ts';
import { type TunnelPlan, tunnelHost, tunnelName, tunnelRecordsOf } from '../src/model/tunnel-plan.ts';
import { nodePorts } from '../src/ports/node/node-ports.ts';

/**
 * A tunnel, what it leads to, and the name that leads there once a connector was seen. In this order, so that at the end
 * the name goes first, then the connectors, then the tunnel; docs/decisions/0009-tunnel.md has the reasons.
 */
export function tunnel(plan: TunnelPlan): Record<string, unknown> {
  const accountId = plan.account.id;
  const name = tunnelName(plan);
  const leftovers = new TunnelLeftovers('tunnel-leftovers', { accountId, name });
  const made = new ZeroTrustTunnelCloudflared(
    'tunnel',
    { accountId, name, configSrc: 'cloudflare' },
    { dependsOn: leftovers, hooks: { beforeCreate: [nameIsFree(accountId)] } },
  );
  const of = { accountId, tunnelId: made.id };
  // Straight after the tunnel: an `up` that breaks off later leaves one that can be deleted, whoever is connected by then.
  const end = new TunnelEnd('tunnel-end', of);
  const config = new ZeroTrustTunnelCloudflaredConfig(
    'tunnel-config',
    { ...of, config: { ingresses: [ingressOf(plan), { service: 'http_status:404' }] } },
    { dependsOn: end },
  );
  const ready = new TunnelReady('tunnel-ready', of, { dependsOn: config });
  const { record, ...records } = tunnelRecordsOf(plan);
  new NameRecords(
    {
      ...records,
      records: [{ ...record, content: made.id.apply(tunnelHost) }],
      hold: ready.connected.apply((connected) => !connected),
      tunnel: of,
    },
    { dependsOn: ready },
  );
  // For the literal `pulumi up`: the name doesn't lead there yet, and this is what to do.
  ready.connected.apply((connected) => (connected ? undefined : pulumi.log.info(NOT_CONNECTED, ready)));
  return { tunnelId: made.id, accountId, connected: ready.connected };
}

const NOT_CONNECTED =
  "cloudflared isn't connected, so DNS stays as it is; next, on the server: reach4 connector install; then this again";

/** Only what is set: cloudflared's own defaults hold for the rest, and what Cloudflare doesn't echo would drift. */
const ingressOf = ({ name, ingress: { service, originServerName, noTlsVerify } }: TunnelPlan) => ({
  hostname: name,
  service,
  ...(originServerName === null
    ? {}
    : { originRequest: { originServerName, ...(noTlsVerify ? { noTlsVerify } : {}) } }),
});

/** Looks before a tunnel is made, and only then. */
function nameIsFree(accountId: string): pulumi.ResourceHook {
  const { net, clock } = nodePorts();
  const { signal } = new AbortController();
  return new pulumi.ResourceHook('tunnel-name-is-free', ({ newInputs }) =>
    freeTunnelName(accountId, String(newInputs?.name), { net, clock, env: process.env }, signal),
  );
}
