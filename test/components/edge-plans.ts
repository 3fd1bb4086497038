import { type EdgeProxyPlan, edgeProxyPlanSchema } from '../../src/model/edge-proxy-plan.ts';
import { parseTarget } from '../../src/model/target.ts';
import { NAME, OLD4, SERVICE, STABLE6, ZONE } from '../support/names.ts';
import { recordBefore } from './plans.ts';

export const edgePlan = (more: Partial<EdgeProxyPlan> = {}): EdgeProxyPlan =>
  edgeProxyPlanSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'edge-proxy',
    provider: 'cloudflare',
    target: parseTarget(`https://${NAME}`),
    zone: { id: 'zone', name: ZONE },
    name: NAME,
    records: [
      {
        type: 'AAAA',
        content: STABLE6,
        ttl: 1,
        proxied: true,
        comment: 'reach4 stack home-example-org',
        tags: [],
        recordId: 'six',
      },
    ],
    proven: [STABLE6],
    previous: [
      recordBefore({ id: 'six', type: 'AAAA', content: STABLE6 }),
      recordBefore({ id: 'old', content: OLD4 }),
    ],
    restore: true,
    lost: [],
    identity: SERVICE,
    monthlyUSD: 0,
    ...more,
  });
