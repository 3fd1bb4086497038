/** ACM, CloudFront and aliases to it, spoken to by Amazon's own clients. */
import {
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { ChangeResourceRecordSetsCommand, type RRType } from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';

const caller = testCredentials('cdn');
const NAME = 'home.example.org';
const ALL = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'] as const;

let now = 0;
let aws: Aws;
let clients: AwsClients;

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  aws = await startAws({
    callers: { [caller.accessKeyId]: {} },
    clock: () => now,
    zones: [{ name: 'example.org', id: 'Z1' }],
  });
  clients = awsClients(aws.url, caller, 'us-east-1');
});
afterEach(() => aws.stop());

const set = (Action: 'UPSERT' | 'DELETE', ResourceRecordSet: { Name: string; Type: RRType } & object) =>
  clients.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: 'Z1',
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
    }),
  );

async function describeCertificate(CertificateArn: string) {
  return (await clients.acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;
}

async function request(DomainName = NAME): Promise<string> {
  const { CertificateArn = '' } = await clients.acm.send(
    new RequestCertificateCommand({ DomainName, ValidationMethod: 'DNS', Tags: [{ Key: 'a', Value: 'b' }] }),
  );
  return CertificateArn;
}

async function issued(DomainName = NAME): Promise<string> {
  const arn = await request(DomainName);
  now += 1_000;
  const [option] = (await describeCertificate(arn))?.DomainValidationOptions ?? [];
  const { Name = '', Value } = option?.ResourceRecord ?? {};
  await set('UPSERT', { Name, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value }] } as never);
  await describeCertificate(arn);
  now += 1_000;
  return arn;
}

const configOf = (arn: string | null, more: Partial<DistributionConfig> = {}): DistributionConfig => ({
  CallerReference: 'one',
  Comment: 'reach4',
  Enabled: true,
  Aliases: { Quantity: 1, Items: [NAME] },
  Origins: {
    Quantity: 1,
    Items: [
      {
        Id: 'origin',
        DomainName: 'origin-home.example.org',
        CustomOriginConfig: {
          HTTPPort: 80,
          HTTPSPort: 443,
          OriginProtocolPolicy: 'match-viewer',
          IpAddressType: 'ipv6',
          OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
        },
      },
    ],
  },
  DefaultCacheBehavior: {
    TargetOriginId: 'origin',
    ViewerProtocolPolicy: 'allow-all',
    CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
    AllowedMethods: { Quantity: 7, Items: [...ALL], CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] } },
  },
  ...(arn === null ? {} : { ViewerCertificate: { ACMCertificateArn: arn, SSLSupportMethod: 'sni-only' } }),
  ...more,
});

const create = (config: DistributionConfig) =>
  clients.cloudfront.send(
    new CreateDistributionWithTagsCommand({
      DistributionConfigWithTags: {
        DistributionConfig: config,
        Tags: { Items: [{ Key: 'reach4:stack', Value: 'abc' }] },
      },
    }),
  );

describe('a certificate', () => {
  test('says in a while which record validates it, and is issued once that is there', async () => {
    const arn = await request();
    expect((await describeCertificate(arn))?.DomainValidationOptions?.[0]).not.toHaveProperty(
      'ResourceRecord',
    );
    now += 1_000;
    expect(await describeCertificate(arn)).toMatchObject({
      Status: 'PENDING_VALIDATION',
      DomainValidationOptions: [
        {
          ResourceRecord: { Type: 'CNAME', Name: expect.stringMatching(/^_\w{32}\.home\.example\.org\.$/u) },
        },
      ],
    });
    const second = await issued();
    expect(await describeCertificate(second)).toMatchObject({ Status: 'ISSUED', InUseBy: [] });
    // The record is the same for every certificate of the name: the first is issued with it.
    expect(await describeCertificate(arn)).toMatchObject({ Status: 'ISSUED' });
    const { CertificateSummaryList } = await clients.acm.send(new ListCertificatesCommand({}));
    expect(CertificateSummaryList?.map(({ DomainName }) => DomainName)).toEqual([NAME, NAME]);
  });

  test("can't have tags that are AWS's, and can't go while it is used", async () => {
    const Tags = [{ Key: 'aws:reach4', Value: 'x' }];
    const refused = clients.acm.send(
      new RequestCertificateCommand({ DomainName: NAME, ValidationMethod: 'DNS', Tags }),
    );
    expect(await outcome(refused)).toBe('InvalidTagException');
    const arn = await issued();
    const { Distribution, ETag } = await create(configOf(arn));
    const remove = () => outcome(clients.acm.send(new DeleteCertificateCommand({ CertificateArn: arn })));
    expect(await remove()).toBe('ResourceInUseException');
    now += 1_000;
    const Id = Distribution?.Id;
    const off = new UpdateDistributionCommand({
      Id,
      IfMatch: ETag,
      DistributionConfig: { ...configOf(arn), Enabled: false },
    });
    const { ETag: IfMatch } = await clients.cloudfront.send(off);
    now += 1_000;
    await clients.cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch }));
    expect(await remove()).toBe('ResourceInUseException');
    now += 1_000;
    expect(await remove()).toBe('ok');
    expect(await remove()).toBe('ResourceNotFoundException');
    expect(aws.exists().filter(({ service }) => service !== 'route53')).toEqual([]);
  });
});

describe('a distribution', () => {
  test('is deployed in a while, is read as it was written, and goes only when it is disabled', async () => {
    const arn = await issued();
    const { Distribution, ETag, Location } = await create(configOf(arn));
    const Id = Distribution?.Id;
    expect(Distribution).toMatchObject({
      Status: 'InProgress',
      DomainName: expect.stringMatching(/^d\w+\.cloudfront\.net$/u),
    });
    expect(Location).toContain(Id);
    now += 1_000;
    const read = await clients.cloudfront.send(new GetDistributionCommand({ Id }));
    expect(read).toMatchObject({
      ETag,
      Distribution: { Status: 'Deployed', DistributionConfig: configOf(arn) },
    });
    const { DistributionConfig } = await clients.cloudfront.send(new GetDistributionConfigCommand({ Id }));
    expect(DistributionConfig).toMatchObject(configOf(arn));
    const drop = (IfMatch: string | undefined) =>
      outcome(clients.cloudfront.send(new DeleteDistributionCommand({ Id, IfMatch })));
    expect(await drop(undefined)).toBe('InvalidIfMatchVersion');
    expect(await drop('EOLD')).toBe('PreconditionFailed');
    expect(await drop(ETag)).toBe('DistributionNotDisabled');
    const change = (config: DistributionConfig, IfMatch: string | undefined) =>
      clients.cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: config }));
    expect(await outcome(change(configOf(arn), 'EOLD'))).toBe('PreconditionFailed');
    expect(await outcome(change(configOf(arn, { CallerReference: 'two' }), ETag))).toBe('IllegalUpdate');
    const { ETag: next } = await change(configOf(arn, { Enabled: false }), ETag);
    expect(await drop(next)).toBe('DistributionNotDisabled');
    now += 1_000;
    expect(await drop(next)).toBe('ok');
    expect(await drop(next)).toBe('NoSuchDistribution');
  });

  test('is listed page by page, and its tags can be changed', async () => {
    const arn = await issued();
    const { Distribution } = await create(configOf(arn));
    for (let index = 0; index < 5; index += 1) {
      await create(configOf(null, { CallerReference: `more ${index}`, Aliases: { Quantity: 0, Items: [] } }));
    }
    const first = await clients.cloudfront.send(new ListDistributionsCommand({}));
    expect(first.DistributionList).toMatchObject({ Quantity: 5, IsTruncated: true, NextMarker: '5' });
    const last = await clients.cloudfront.send(new ListDistributionsCommand({ Marker: '5' }));
    expect(last.DistributionList).toMatchObject({ Quantity: 1, IsTruncated: false });
    const Resource = Distribution?.ARN;
    await clients.cloudfront.send(
      new TagResourceCommand({ Resource, Tags: { Items: [{ Key: 'x', Value: 'y' }] } }),
    );
    await clients.cloudfront.send(
      new UntagResourceCommand({ Resource, TagKeys: { Items: ['reach4:stack'] } }),
    );
    const { Tags } = await clients.cloudfront.send(new ListTagsForResourceCommand({ Resource }));
    expect(Tags?.Items).toEqual([{ Key: 'x', Value: 'y' }]);
  });

  test('is refused for what CloudFront refuses', async () => {
    const arn = await issued();
    const other = await issued('other.example.org');
    const origin = configOf(arn).Origins?.Items?.[0];
    const behavior = configOf(arn).DefaultCacheBehavior;
    const at = (more: object) => ({
      Origins: {
        Quantity: 1,
        Items: [{ ...origin, ...more, CustomOriginConfig: { ...origin?.CustomOriginConfig, ...more } }],
      },
    });
    const cases: [string, DistributionConfig][] = [
      ['InvalidViewerCertificate', configOf(null)],
      ['InvalidViewerCertificate', configOf(other)],
      ['InvalidViewerCertificate', configOf(await request('new.example.org'))],
      ['InvalidViewerCertificate', configOf(arn.replace('us-east-1', 'eu-central-1'))],
      [
        'NoSuchOrigin',
        configOf(arn, { DefaultCacheBehavior: { ...behavior, TargetOriginId: 'none' } as never }),
      ],
      ['InconsistentQuantities', configOf(arn, { Aliases: { Quantity: 2, Items: [NAME] } })],
      ['InvalidArgument', configOf(arn, at({ DomainName: '2001:db8::1' }) as never)],
      ['InvalidArgument', configOf(arn, at({ HTTPPort: 81 }) as never)],
      ['InvalidOriginReadTimeout', configOf(arn, at({ OriginReadTimeout: 121 }) as never)],
      [
        'NoSuchCachePolicy',
        configOf(arn, { DefaultCacheBehavior: { ...behavior, CachePolicyId: 'x' } as never }),
      ],
      [
        'InvalidArgument',
        configOf(arn, {
          DefaultCacheBehavior: { ...behavior, AllowedMethods: { Quantity: 1, Items: ['GET'] } } as never,
        }),
      ],
    ];
    for (const [code, config] of cases) expect([code, await outcome(create(config))]).toEqual([code, code]);
    expect(await outcome(create(configOf(arn)))).toBe('ok');
    expect(await outcome(create(configOf(arn)))).toBe('DistributionAlreadyExists');
    expect(await outcome(create(configOf(arn, { CallerReference: 'two' })))).toBe('CNAMEAlreadyExists');
  });
});

test('an alias leads to a distribution that has the name, in one batch for both families', async () => {
  const { Distribution } = await create(configOf(await issued()));
  const alias = (Name: string, Type: RRType, more = {}) => ({
    Name,
    Type,
    AliasTarget: {
      HostedZoneId: 'Z2FDTNDATAQYW2',
      DNSName: Distribution?.DomainName,
      EvaluateTargetHealth: false,
      ...more,
    },
  });
  const Changes = (['A', 'AAAA'] as const).map((type) => ({
    Action: 'UPSERT' as const,
    ResourceRecordSet: alias(NAME, type),
  }));
  await clients.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: 'Z1', ChangeBatch: { Changes } }),
  );
  const sets = [...aws.account.zones.get('Z1').sets.values()].filter(({ AliasTarget }) => AliasTarget);
  expect(sets.map(({ Type, AliasTarget }) => [Type, AliasTarget?.DNSName])).toEqual([
    ['A', `${Distribution?.DomainName}.`],
    ['AAAA', `${Distribution?.DomainName}.`],
  ]);
  const refused = [
    set('UPSERT', alias('www.example.org', 'A')),
    set('UPSERT', alias(NAME, 'A', { EvaluateTargetHealth: true })),
    set('UPSERT', alias(NAME, 'A', { DNSName: 'dnobody.cloudfront.net' })),
    set('DELETE', alias(NAME, 'A', { DNSName: 'dnobody.cloudfront.net' })),
    set('UPSERT', { ...alias(NAME, 'A'), TTL: 60 } as never),
  ];
  expect(await Promise.all(refused.map(outcome))).toEqual([
    'InvalidChangeBatch',
    'InvalidChangeBatch',
    'InvalidChangeBatch',
    'InvalidChangeBatch',
    'InvalidInput',
  ]);
  expect(await outcome(set('DELETE', alias(NAME, 'A')))).toBe('ok');
});
