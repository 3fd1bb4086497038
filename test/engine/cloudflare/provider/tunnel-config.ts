/**
 * `cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig` with the habits of the real
 * provider: terraform-provider-cloudflare, services/zero_trust_tunnel_cloudflared_config (`resource.go`, `model.go`),
 * and facts/cloudflare.md (a) to (c).
 */
import { type Properties, UNKNOWN } from '../../provider/messages.ts';
import { ApiError, type CloudflareClient } from './client.ts';
import { absent, change, defined, type ResourceKind } from './resource.ts';

const COMPUTED = ['createdAt', 'version'] as const;

/** Names that are not the same in Pulumi and in the API. */
const ORIGIN_REQUEST: Readonly<Record<string, string>> = {
  matchSnItoHost: 'matchSNItoHost',
  noTlsVerify: 'noTLSVerify',
};
const FROM_API = Object.fromEntries(Object.entries(ORIGIN_REQUEST).map(([ours, theirs]) => [theirs, ours]));

interface Rule {
  hostname?: string;
  path?: string;
  service?: string;
  originRequest?: Properties;
}

interface ApiConfiguration {
  config: { ingress?: Rule[]; originRequest?: Properties } | null;
  source: string;
  version: number;
  created_at: string;
}

export const tunnelConfig: ResourceKind = {
  owner: 'accountId',
  importForm: '<account_id>/<tunnel_id>',
  inputs: ['accountId', 'tunnelId', 'config', 'source'],
  unknownAfterUpdate: COMPUTED,
  missing: (inputs) => [
    ...absent(inputs, ['accountId', 'tunnelId']),
    ...rulesOf(inputs).flatMap(({ service }, index) =>
      service === undefined ? [`config.ingresses[${index}].service`] : [],
    ),
  ],
  changes: (state, inputs) => [
    ...change('accountId', state.accountId, inputs.accountId, true),
    ...change('tunnelId', state.tunnelId, inputs.tunnelId, true),
    // What the program doesn't set may be anything; what it sets is compared part by part, so that an echoed
    // `originRequest: {}` drifts (facts (c)).
    ...(inputs.config === undefined ? [] : change('config', state.config, inputs.config, false)),
    ...(inputs.source === undefined ? [] : change('source', state.source, inputs.source, false)),
  ],
  create: async (client, inputs) => ({ id: String(inputs.tunnelId), state: await put(client, inputs) }),
  planned: (inputs) => ({
    source: UNKNOWN,
    ...Object.fromEntries(COMPUTED.map((name) => [name, UNKNOWN])),
    ...inputs,
  }),
  update: (client, _id, _old, inputs) => put(client, inputs),
  read: async (client, accountId, tunnelId) => {
    try {
      return stateOf(await client.request<ApiConfiguration>('GET', pathOf({ accountId, tunnelId })), {
        accountId,
        tunnelId,
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  },
  // "This resource cannot be destroyed from Terraform": no call at all.
  remove: async () => {},
};

async function put(client: CloudflareClient, inputs: Properties): Promise<Properties> {
  const { config, source } = inputs as {
    config?: { ingresses?: Rule[]; originRequest?: Properties };
    source?: string;
  };
  const body = {
    config: config && {
      ingress: config.ingresses?.map((rule) => ({ ...rule, originRequest: toApi(rule.originRequest) })),
      originRequest: toApi(config.originRequest),
    },
    source,
  };
  return stateOf(await client.request<ApiConfiguration>('PUT', pathOf(inputs), body), inputs);
}

function stateOf(
  { config, source, version, created_at: createdAt }: ApiConfiguration,
  ids: Properties,
): Properties {
  return defined({
    accountId: ids.accountId,
    tunnelId: ids.tunnelId,
    config:
      config &&
      defined({
        ingresses: config.ingress?.map((rule) =>
          defined({ ...rule, originRequest: fromApi(rule.originRequest) }),
        ),
        originRequest: fromApi(config.originRequest),
      }),
    source,
    version,
    createdAt,
  });
}

const renamed = (names: Readonly<Record<string, string>>) => (given: Properties | undefined) =>
  given && Object.fromEntries(Object.entries(given).map(([name, value]) => [names[name] ?? name, value]));
const toApi = renamed(ORIGIN_REQUEST);
const fromApi = renamed(FROM_API);

const rulesOf = ({ config }: Properties): Rule[] =>
  (config as { ingresses?: Rule[] } | undefined)?.ingresses ?? [];

const pathOf = ({ accountId, tunnelId }: Properties): string =>
  `/accounts/${accountId}/cfd_tunnel/${tunnelId}/configurations`;
