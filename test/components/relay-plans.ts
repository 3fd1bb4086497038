import { type RelayDns, type RelayPlan, relayPlanSchema } from '../../src/model/relay-plan.ts';
import { parseTarget } from '../../src/model/target.ts';
import { NAME, SERVICE, ZONE } from '../support/names.ts';

export const relayPlanOf = (dns: RelayDns, more: Partial<RelayPlan> = {}): RelayPlan =>
  relayPlanSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'relay',
    target: parseTarget(`https://${NAME}`),
    id: '0123456789ab',
    host: {
      kind: 'lightsail',
      region: 'eu-central-1',
      availabilityZone: 'eu-central-1a',
      bundleId: 'nano_3_0',
      blueprintId: 'debian_12',
    },
    settings: {
      services: [
        {
          kind: 'tls',
          port: 443,
          origin: { host: NAME, port: 443 },
          names: [NAME],
          proxyProtocol: false,
        },
      ],
      rebootAt: '04:30',
    },
    dns,
    outside: null,
    identity: SERVICE,
    monthlyUSD: 5,
    traffic: { includedGB: 1024, perGBUSD: 0.09 },
    ...more,
  });

type Of<Provider extends RelayDns['provider']> = Extract<RelayDns, { provider: Provider }>;

export const atCloudflare = (more: Partial<Of<'cloudflare'>> = {}): RelayDns => ({
  provider: 'cloudflare',
  zone: { id: 'zone', name: ZONE },
  records: [{ name: NAME, ttl: 60, comment: 'reach4 stack home-example-org', tags: [], adopt: null }],
  previous: [],
  restore: true,
  ...more,
});

export const atRoute53 = (more: Partial<Of<'route53'>> = {}): RelayDns => ({
  provider: 'route53',
  zone: { id: 'Z0123456789', name: ZONE },
  records: [{ name: NAME, ttl: 60, adopt: false }],
  previous: [],
  restore: true,
  ...more,
});

export const byHand = (more: Partial<Of<'manual'>> = {}): RelayDns => ({
  provider: 'manual',
  records: [{ name: NAME, ttl: 60 }],
  ...more,
});
