/**
 * `cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared` with the habits of the real provider:
 * terraform-provider-cloudflare, services/zero_trust_tunnel_cloudflared (`resource.go`, `schema.go`), and
 * facts/cloudflare.md (a) to (c).
 */
import { type Properties, UNKNOWN } from '../../provider/messages.ts';
import { ApiError } from './client.ts';
import { absent, change, defined, type ResourceKind } from './resource.ts';

/** Answered anew by every write, so unknown in a preview of one. */
const COMPUTED = [
  'accountTag',
  'connections',
  'connsActiveAt',
  'connsInactiveAt',
  'createdAt',
  'deletedAt',
  'metadata',
  'remoteConfig',
  'status',
  'tunType',
] as const;

/** The schema's default. */
const LOCAL = 'local';

/** The answer has a token as well, which the provider's model doesn't, so that it never gets into a state. */
interface ApiTunnel {
  id: string;
  account_tag: string;
  name: string;
  config_src: string;
  remote_config: boolean;
  status: string;
  tun_type: string;
  metadata: unknown;
  connections: unknown[];
  created_at: string;
  deleted_at: string | null;
  conns_active_at: string | null;
  conns_inactive_at: string | null;
}

export const tunnel: ResourceKind = {
  owner: 'accountId',
  importForm: '<account_id>/<tunnel_id>',
  inputs: ['accountId', 'name', 'configSrc', 'tunnelSecret'],
  unknownAfterUpdate: COMPUTED,
  missing: (inputs) => absent(inputs, ['accountId', 'name']),
  wrong: ({ configSrc = LOCAL }) =>
    ['local', 'cloudflare'].includes(String(configSrc).toLowerCase())
      ? []
      : [`Attribute config_src value must be one of: ["local" "cloudflare"], got: "${configSrc}"`],
  changes: (state, inputs) => [
    ...change('accountId', state.accountId, inputs.accountId, true),
    ...change('name', state.name, inputs.name, false),
    // RequiresReplaceIfConfigured: one that the program doesn't set changes in place, to the default.
    ...change('configSrc', state.configSrc, inputs.configSrc ?? LOCAL, inputs.configSrc !== undefined),
    ...change('tunnelSecret', state.tunnelSecret, inputs.tunnelSecret, false),
  ],
  create: async (client, inputs) => {
    const { name, configSrc = LOCAL, tunnelSecret } = inputs;
    const body = { config_src: configSrc, name, tunnel_secret: tunnelSecret };
    const made = await client.request<ApiTunnel>('POST', pathOf(inputs), body);
    return { id: made.id, state: stateOf(made, inputs) };
  },
  planned: (inputs) => ({
    configSrc: LOCAL,
    ...Object.fromEntries(COMPUTED.map((name) => [name, UNKNOWN])),
    ...inputs,
  }),
  // Only what changed (MarshalForPatch).
  update: async (client, id, old, inputs) => {
    const changed = { name: 'name', configSrc: 'config_src', tunnelSecret: 'tunnel_secret' } as const;
    const wanted: Properties = { configSrc: LOCAL, ...inputs };
    const body = Object.fromEntries(
      Object.entries(changed)
        .filter(([property]) => wanted[property] !== undefined && wanted[property] !== old[property])
        .map(([property, name]) => [name, wanted[property]]),
    );
    return stateOf(await client.request<ApiTunnel>('PATCH', `${pathOf(inputs)}/${id}`, body), inputs);
  },
  // A deleted one is answered, with the time: the provider doesn't look at that.
  read: async (client, accountId, id, old) => {
    try {
      const found = await client.request<ApiTunnel>('GET', `${pathOf({ accountId })}/${id}`);
      const isImport = old.name === undefined;
      return stateOf(found, isImport ? { accountId, configSrc: found.config_src } : { ...old, accountId });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  },
  // Plainly, without cascade: refused while a connector is there.
  remove: async (client, id, state) => {
    await client.request('DELETE', `${pathOf(state)}/${id}`);
  },
};

/** Where the configuration comes from and the secret stay as the program said: the answers aren't looked at for them. */
function stateOf(found: ApiTunnel, { accountId, configSrc = LOCAL, tunnelSecret }: Properties): Properties {
  return defined({
    accountId,
    configSrc,
    tunnelSecret,
    name: found.name,
    accountTag: found.account_tag,
    connections: found.connections,
    connsActiveAt: found.conns_active_at,
    connsInactiveAt: found.conns_inactive_at,
    createdAt: found.created_at,
    deletedAt: found.deleted_at,
    metadata: JSON.stringify(found.metadata),
    remoteConfig: found.remote_config,
    status: found.status,
    tunType: found.tun_type,
  });
}

const pathOf = ({ accountId }: Properties): string => `/accounts/${accountId}/cfd_tunnel`;
