import { NAME_RECORDS_TYPE, TUNNEL_READY_TYPE, TUNNEL_TYPE } from '../../../../src/components/type-names.ts';
import { parseTarget } from '../../../../src/model/target.ts';
import { type TunnelPlan, tunnelPlanSchema } from '../../../../src/model/tunnel-plan.ts';
import { asPrevious, type FoundRecord } from '../../../../src/model/zone-records.ts';
import { ACCOUNT_ID } from '../../../engine/cloudflare/api/routes.ts';
import { NAME, STABLE6, ZONE } from '../../../support/names.ts';

export const found = (more: Partial<FoundRecord> = {}): FoundRecord => ({
  id: 'six',
  type: 'AAAA',
  name: NAME,
  content: STABLE6,
  ttl: 300,
  proxied: false,
  comment: null,
  tags: [],
  settings: {},
  modifiedOn: null,
  ...more,
});

export const tunnelPlan = (more: Partial<TunnelPlan> = {}): TunnelPlan =>
  tunnelPlanSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'tunnel',
    provider: 'cloudflare',
    target: parseTarget(`https://${NAME}`),
    id: '0123456789ab',
    account: { id: ACCOUNT_ID, name: 'reach4 test account' },
    zone: { id: 'z', name: ZONE },
    name: NAME,
    ingress: { service: 'https://localhost:443', originServerName: NAME, noTlsVerify: false },
    comment: 'reach4 stack home',
    previous: [asPrevious(found())],
    restore: true,
    lost: [],
    identity: null,
    monthlyUSD: 0,
    ...more,
  } satisfies TunnelPlan);

/** A stack's state, as far as it is read. */
export function deployed(connected: boolean, tunnelId = 'f0') {
  const { previous } = tunnelPlan();
  const alias = { type: 'CNAME', content: `${tunnelId}.cfargotunnel.com` };
  const at = { zoneId: 'z', name: NAME, previous, back: previous, hold: !connected };
  return {
    resources: [
      { type: TUNNEL_TYPE, id: tunnelId, outputs: {} },
      { type: TUNNEL_READY_TYPE, id: 'r', outputs: { connected } },
      {
        type: NAME_RECORDS_TYPE,
        id: 'n',
        outputs: { ...at, records: [alias], made: connected ? ['cname-id'] : [] },
      },
    ],
  };
}
