import { tunnelHost } from '../../../src/model/tunnel-plan.ts';
import { tunnelPlan } from '../../cli/stack/tunnel/plans.ts';
import { NAME, ZONE } from '../../support/names.ts';
import { tunnelEdit } from '../cloudflare/api/access.ts';
import { ACCOUNT_ID } from '../cloudflare/api/routes.ts';
import type { CloudflareApi } from '../cloudflare/api/server.ts';
import { type CloudflareSubject, edit, ZONE_ID } from './cloudflare.ts';
import { beforehand, RECORDS } from './edge-proxy.ts';
import type { Phase } from './world.ts';

const COMMENT = 'reach4 stack home';

const serviceOf = (phase: Phase): string =>
  phase === 'up' ? 'https://localhost:443' : 'https://localhost:8443';

const alive = ({ tunnels }: CloudflareApi) => tunnels.list({ isDeleted: false });

/** A tunnel with a connector; the address records give way to one CNAME. */
export function tunnelling(): CloudflareSubject {
  let previous: ReturnType<typeof beforehand> | null = null;
  return {
    zone: ZONE,
    records: RECORDS,
    meddle: (api) => {
      edit(api, { type: 'CNAME', name: NAME }, { content: 'elsewhere.example.net' });
      for (const { id } of alive(api)) {
        api.tunnels.configure(id, { config: { ingress: [{ service: 'http_status:503' }] } });
      }
    },
    rights: tunnelEdit,
    connector: true,
    environment: { REACH4_CONNECTOR_SECONDS: '20' },
    plan: (phase, api) => {
      previous ??= beforehand(api);
      return tunnelPlan({
        account: { id: ACCOUNT_ID, name: 'reach4 test account' },
        zone: { id: ZONE_ID, name: ZONE },
        ingress: { service: serviceOf(phase), originServerName: NAME, noTlsVerify: false },
        comment: COMMENT,
        previous,
      });
    },
    wanted: (_phase, api) =>
      alive(api).map(({ id }) => `CNAME ${NAME} ${tunnelHost(id)} 1 proxied ${COMMENT}`),
    beside: (phase, api) => {
      const [tunnel, ...others] = alive(api);
      if (tunnel === undefined || others.length > 0) return `there are ${others.length + 1} tunnels`;
      const leads = JSON.stringify(api.tunnels.configuration(tunnel.id)).includes(serviceOf(phase));
      return leads ? null : `the tunnel does not lead to ${serviceOf(phase)}`;
    },
  };
}
