import { cdnPlanSchema } from '../../../src/model/cdn-plan.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { CDN_TRAFFIC } from '../../../src/remedies/cdn/prices.ts';
import { NAME, OLD4, OTHER4, STABLE6, ZONE } from '../../support/names.ts';
import type { Aws } from '../aws/api/server.ts';
import { HOSTED_ZONE_ID, type HostedSubject } from './hosted.ts';
import type { Phase } from './world.ts';

const ORIGIN = `origin-${NAME}`;
const BEFORE = [
  { type: 'A' as const, ttl: 1800, values: [OLD4] },
  { type: 'AAAA' as const, ttl: 300, values: [STABLE6] },
];

/** What `change` sets is another way to the server. */
const protocolOf = (phase: Phase) => (phase === 'up' ? 'match-viewer' : 'https-only');

const planOf = (phase: Phase) =>
  cdnPlanSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'cdn',
    provider: 'route53',
    target: parseTarget(`https://${NAME}`),
    id: '0123456789ab',
    zone: { id: HOSTED_ZONE_ID, name: ZONE },
    name: NAME,
    types: ['A', 'AAAA'],
    origin: { name: ORIGIN, addresses: [STABLE6] },
    proven: [STABLE6],
    protocol: protocolOf(phase),
    previous: BEFORE,
    restore: true,
    lost: [],
    identity: null,
    monthlyUSD: 0,
    traffic: CDN_TRAFFIC,
  });

const distributions = (aws: Aws) => aws.account.distributions.all;

/** A certificate, a distribution, and three names: all that `cdn` makes. */
export const distributing = (): HostedSubject => ({
  zone: ZONE,
  sets: BEFORE.map((set) => ({ ...set, name: NAME })),
  plan: planOf,
  meddled: { type: 'A', name: NAME, ttl: 60, values: [OTHER4] },
  // The stand-in's distributions can't be asked.
  environment: { REACH4_SETTLE_SECONDS: '1', REACH4_PROOF_SECONDS: '1', REACH4_UNPROVEN: 'yes' },
  wanted: (_phase, aws) => {
    const { Name, Value } = aws.account.region('us-east-1').certificates.recordFor(NAME);
    const to = distributions(aws).map(({ domainName }) => domainName);
    return [
      `${Name} CNAME 301 ${Value}`,
      `${NAME}. A alias ${to}`,
      `${NAME}. AAAA alias ${to}`,
      `${ORIGIN}. AAAA 60 ${STABLE6}`,
    ];
  },
  beside: (aws, idsOf, phase) => {
    const [distribution, ...others] = distributions(aws);
    if (distribution === undefined || others.length > 0) return `${others.length + 1} distributions`;
    const [held] = idsOf('aws:cloudfront/distribution:Distribution');
    if (held !== distribution.id) return `there is ${distribution.id}; the state has ${held}`;
    const { config } = distribution;
    const [certificate] = idsOf('aws:acm/certificate:Certificate');
    // One that was made and never recorded costs nothing, and goes when the stack goes.
    if (config.ViewerCertificate?.ACMCertificateArn !== certificate) {
      return `the certificate is ${config.ViewerCertificate?.ACMCertificateArn}; the state has ${certificate}`;
    }
    const way = config.Origins?.Items?.[0]?.CustomOriginConfig?.OriginProtocolPolicy;
    return config.Enabled === true && way === protocolOf(phase) ? null : `it goes by ${way}`;
  },
});
