import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53';
import { familyOf, parseAddress } from '../../model/address.ts';
import { CACHING_DISABLED, type CdnPlan } from '../../model/cdn-plan.ts';
import { UserError } from '../../model/error.ts';
import type { HeldForCdn, HeldName } from '../../model/hosted-name.ts';
import type { HostedZone } from '../../model/hosted-zone.ts';
import { MARK_TAG, markedName } from '../../model/marks.ts';
import type { Dns } from '../../ports/ports.ts';
import { asked, noCredentialsSentence, PATIENCE, troubleOf, withClient } from './client.ts';
import { missingCredentials } from './credentials.ts';
import { delegatedAt, setsAt, withRoute53 } from './route53/client.ts';
import { deletionOfNobodys, isAllowed } from './route53/nobodys.ts';
import { publicZone } from './route53/public-zone.ts';

/** Where CloudFront's API is, and where it takes certificates from. */
const REGION = 'us-east-1';

const RIGHTS = 'expected the rights that `reach4 plan --remedy cdn --iam-policy` prints';

/**
 * Finds the zone of a name, and what it holds for the name and for that of its origin.
 * @param originOf the origin's name, in a zone
 * @returns null where the account has no public zone for the name
 * @throws UserError with one sentence for whatever is in the way
 */
export async function openForCdn(
  name: string,
  originOf: (zone: string) => string,
  { dns }: { readonly dns: Pick<Dns, 'resolvers' | 'nameServers'> },
  signal: AbortSignal,
): Promise<HeldForCdn | null> {
  return withRoute53(async (client) => {
    const zone = await publicZone(name, client, dns, signal);
    if (zone === null) return null;
    const held = (each: string) => heldFor(each, zone, client, signal);
    return { zone, name: await held(name), origin: await held(originOf(zone.name)) };
  });
}

async function heldFor(
  name: string,
  zone: HostedZone,
  client: Route53Client,
  signal: AbortSignal,
): Promise<HeldName> {
  const own = await setsAt(name, zone.id, client, signal);
  const addresses = own.flatMap((set) =>
    set.Type === 'A' || set.Type === 'AAAA' ? [{ set, type: set.Type }] : [],
  );
  const cname = own.find(({ Type }) => Type === 'CNAME');
  return {
    name,
    sets: addresses.flatMap(({ set, type }) =>
      computed(set) === null ? [{ type, ttl: set.TTL ?? 0, values: addressesIn(set, type) }] : [],
    ),
    computed: addresses.flatMap(({ set, type }) => {
      const how = computed(set);
      return how === null ? [] : [{ type, how }];
    }),
    cname:
      cname === undefined ? null : (cname.ResourceRecords?.[0]?.Value ?? cname.AliasTarget?.DNSName ?? ''),
    delegatedAt: await delegatedAt(name, zone, own, client, signal),
  };
}

function computed(set: ResourceRecordSet): HeldName['computed'][number]['how'] | null {
  if (set.SetIdentifier !== undefined || set.TrafficPolicyInstanceId !== undefined) {
    return 'under a routing policy';
  }
  return set.AliasTarget === undefined ? null : 'an alias';
}

const addressesIn = ({ ResourceRecords = [] }: ResourceRecordSet, type: 'A' | 'AAAA'): string[] =>
  ResourceRecords.flatMap(({ Value }) => parseAddress(String(Value)) ?? []).filter(
    (address) => (familyOf(address) === 'ipv4') === (type === 'A'),
  );

/**
 * Makes sure, before anything is changed, that the credentials may do what is planned: each by a request that its
 * service refuses, for lack of rights or because what it asks for can't be, but never carries out.
 * @throws UserError with one sentence where they may not
 */
export async function checkCdnAccess(plan: CdnPlan, signal: AbortSignal): Promise<void> {
  const missing = await missingCredentials(REGION);
  if (missing !== null) throw new UserError(noCredentialsSentence(missing));
  await mayRequestCertificate(plan, signal);
  await mayMakeDistribution(plan, signal);
  await withRoute53(async (client) => {
    for (const type of plan.types) await mayChange(plan, plan.name, type, client, signal);
    if (plan.origin.addresses !== null) await mayChange(plan, plan.origin.name, 'AAAA', client, signal);
    await mayChange(plan, `_reach4.${plan.name}`, 'CNAME', client, signal);
  });
}

/** With a tag that is AWS's own, which ACM refuses (API reference, InvalidTagException). */
async function mayRequestCertificate({ name, id }: CdnPlan, signal: AbortSignal): Promise<void> {
  const { ACMClient, RequestCertificateCommand } = await import('@aws-sdk/client-acm');
  const Tags = [
    { Key: MARK_TAG, Value: id },
    { Key: 'aws:reach4', Value: 'refused' },
  ];
  const command = new RequestCertificateCommand({ DomainName: name, ValidationMethod: 'DNS', Tags });
  await withClient(new ACMClient({ region: REGION, ...PATIENCE }), (client) =>
    refused('acm:RequestCertificate', isRefusal, () => client.send(command, { abortSignal: signal })),
  );
}

/** With a behaviour whose origin isn't there (API reference, NoSuchOrigin). */
async function mayMakeDistribution({ id, origin }: CdnPlan, signal: AbortSignal): Promise<void> {
  const { CloudFrontClient, CreateDistributionWithTagsCommand } = await import('@aws-sdk/client-cloudfront');
  const DistributionConfig: DistributionConfig = {
    CallerReference: markedName(id, 'refused'),
    Comment: markedName(id, 'refused'),
    Enabled: false,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'server',
          DomainName: origin.name,
          CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'match-viewer' },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'none',
      ViewerProtocolPolicy: 'allow-all',
      CachePolicyId: CACHING_DISABLED,
    },
  };
  const Tags = { Items: [{ Key: MARK_TAG, Value: id }] };
  const command = new CreateDistributionWithTagsCommand({
    DistributionConfigWithTags: { DistributionConfig, Tags },
  });
  await withClient(new CloudFrontClient({ region: REGION, ...PATIENCE }), (client) =>
    refused('cloudfront:CreateDistribution', isRefusal, () => client.send(command, { abortSignal: signal })),
  );
}

async function mayChange(
  { zone }: CdnPlan,
  name: string,
  type: 'A' | 'AAAA' | 'CNAME',
  client: Route53Client,
  signal: AbortSignal,
): Promise<void> {
  const command = await deletionOfNobodys(zone.id, { name, type });
  await refused(`route53:ChangeResourceRecordSets for the ${type} record of ${name}`, isAllowed, () =>
    client.send(command, { abortSignal: signal }),
  );
}

/**
 * The service has looked at what it was asked, and won't: which of its errors it says first is its own business, once it
 * knows the caller and lets them ask.
 */
const isRefusal = (error: Error): boolean =>
  '$fault' in error && error.$fault === 'client' && !/Throttl|TooManyRequests|Timeout/u.test(error.name);

async function refused(
  action: string,
  isExpected: (error: Error) => boolean,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (error) {
    const { name = '', message = '' } = error instanceof Error ? error : {};
    if (error instanceof Error && troubleOf(error) === 'other' && isExpected(error)) return;
    if (name === 'NoSuchHostedZone') {
      throw new UserError(
        'The planned zone is no longer in the AWS account; expected credentials for the account that holds it.',
      );
    }
    if (troubleOf(error) === 'denied') {
      throw new UserError(`The credentials for AWS don't allow ${action} ("${message}"); ${RIGHTS}.`);
    }
    await asked(action, null, () => Promise.reject(error));
  }
  throw new UserError(
    `What answers for AWS carried out ${action} with what AWS refuses, so it is not AWS; check AWS_ENDPOINT_URL.`,
  );
}

/** Loaded when it is needed: a preview doesn't. */
export const cloudFrontSdk = () => import('@aws-sdk/client-cloudfront');

export interface DistributionNow {
  readonly id: string;
  readonly domainName: string;
  /** `Deployed` once all edges have the last change. */
  readonly status: string;
  readonly enabled: boolean;
}

/** The distributions that bear a stack's mark. @throws what the SDK throws: see `awsSentence` */
export async function markedAtCloudFront(mark: string): Promise<DistributionNow[]> {
  const { CloudFrontClient, paginateListDistributions } = await import('@aws-sdk/client-cloudfront');
  return withClient(new CloudFrontClient({ region: REGION, ...PATIENCE }), async (client) => {
    const found: DistributionNow[] = [];
    for await (const { DistributionList } of paginateListDistributions({ client }, {})) {
      for (const each of DistributionList?.Items ?? []) {
        if (each.Comment?.startsWith(markedName(mark, '')) !== true) continue;
        const {
          Id: id = '',
          DomainName: domainName = '',
          Status: status = '',
          Enabled: enabled = false,
        } = each;
        found.push({ id, domainName, status, enabled });
      }
    }
    return found;
  });
}
