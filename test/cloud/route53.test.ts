/** The pre-flight at Route 53, by the official client, against the stand-in of its API. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  checkHostedNameFree,
  checkHostedZone,
  noHostedZoneSentence,
  openHostedZone,
} from '../../src/cloud/aws/route53.ts';
import { testCredentials } from '../engine/aws/api/access.ts';
import type { AwsOptions } from '../engine/aws/api/options.ts';
import { startAws } from '../engine/aws/api/server.ts';
import { NAME, OLD4, OTHER4, STABLE6, VPS4, ZONE } from '../support/names.ts';

const ID = 'Z0123456789';
const signal = new AbortController().signal;
const credentials = testCredentials('plan');

type Stub = Awaited<ReturnType<typeof startAws>>;

async function account(
  zones: NonNullable<AwsOptions['zones']>,
  allow = ['route53:*'],
): Promise<Stub & AsyncDisposable> {
  const aws = await startAws({ callers: { [credentials.accessKeyId]: { allow } }, zones });
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  return Object.assign(aws, { [Symbol.asyncDispose]: () => aws.stop() });
}
afterEach(() => void vi.unstubAllEnvs());

/** A resolver that knows these name servers for the zone; null is one that doesn't answer. */
const resolver = (servers: readonly string[] | null, zone = ZONE) => ({
  dns: {
    resolvers: async () => ['192.0.2.53'],
    nameServers: async () =>
      servers === null
        ? null
        : {
            zone,
            kind: 'answer' as const,
            authoritative: false,
            servers: servers.map((name) => ({ name, addresses: [] })),
          },
  },
});
const RIGHT = resolver(['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com']);
const open = (name = NAME, world = RIGHT) => openHostedZone(name, world, signal);

const a = { name: NAME, type: 'A', ttl: 1800, values: [OLD4, OTHER4] };
const aaaa = { name: NAME, type: 'AAAA', ttl: 300, values: [STABLE6] };

/** What only the console can make: routing policies and aliases. */
function put(aws: Stub, set: ResourceRecordSet): void {
  aws.account.zones.get(ID).sets.set(`${set.Name} ${set.Type}`, set);
}

describe('what a zone holds', () => {
  test('addresses and TTL of the name itself, and nothing of its neighbours', async () => {
    await using aws = await account([
      { name: ZONE, id: ID, records: [a, aaaa, { ...a, name: `x.${NAME}` }, { ...a, name: `a.${ZONE}` }] },
    ]);
    expect(await open()).toEqual({
      zone: { id: ID, name: ZONE, isDelegated: true },
      a: { type: 'A', name: NAME, ttl: 1800, values: [OLD4, OTHER4] },
      computed: null,
      hasAaaa: true,
      aaaa: { type: 'AAAA', name: NAME, ttl: 300, values: [STABLE6] },
      computedAaaa: null,
      cname: null,
      delegatedAt: null,
    });
    expect(await open(`new.${ZONE}`)).toMatchObject({ a: null, hasAaaa: false });
    expect(aws.exists().filter(({ service }) => service === 'route53')).toEqual([]);
  });

  test('the zone itself is a name too, and its own NS records hand nothing over', async () => {
    await using _ = await account([{ name: ZONE, id: ID, records: [{ ...a, name: ZONE }] }]);
    expect(await open(ZONE)).toMatchObject({ a: { name: ZONE, ttl: 1800 }, delegatedAt: null });
  });

  test('an alias of another name, and a name that is handed over', async () => {
    const ns = { name: `sub.${ZONE}`, type: 'NS', ttl: 300, values: ['ns.example.net.'] };
    await using _ = await account([
      {
        name: ZONE,
        id: ID,
        records: [{ name: NAME, type: 'CNAME', ttl: 60, values: ['x.example.net.'] }, ns],
      },
    ]);
    expect(await open()).toMatchObject({ cname: 'x.example.net', delegatedAt: null });
    expect(await open(`deep.sub.${ZONE}`)).toMatchObject({ delegatedAt: `sub.${ZONE}` });
    expect(await open(`sub.${ZONE}`)).toMatchObject({ delegatedAt: `sub.${ZONE}` });
  });

  test.each([
    [
      'alias',
      { AliasTarget: { HostedZoneId: 'Z2', DNSName: 'd1.cloudfront.net.', EvaluateTargetHealth: false } },
    ],
    ['weighted', { SetIdentifier: 'one', Weight: 1 }],
    ['latency', { SetIdentifier: 'one', Region: 'eu-central-1' as const }],
    ['geographic', { SetIdentifier: 'one', GeoLocation: { CountryCode: 'DE' } }],
    ['failover', { SetIdentifier: 'one', Failover: 'PRIMARY' as const }],
    ['multivalue', { SetIdentifier: 'one', MultiValueAnswer: true }],
  ])('%s: the answer is computed', async (computed, more) => {
    await using aws = await account([{ name: ZONE, id: ID }]);
    const values = computed === 'alias' ? {} : { TTL: 60, ResourceRecords: [{ Value: OLD4 }] };
    put(aws, { Name: `${NAME}.`, Type: 'A', ...values, ...more });
    expect(await open()).toMatchObject({ a: null, computed });
  });
});

describe('the zone', () => {
  test('is the closest one, by whole labels, and a public one', async () => {
    await using _ = await account([
      { name: 'org', id: 'ZTOP' },
      { name: ZONE, id: ID },
      { name: `home.${ZONE}`, id: 'ZPRIVATE', isPrivate: true },
      { name: `ome.${ZONE}`, id: 'ZPART' },
    ]);
    expect(await open()).toMatchObject({ zone: { id: ID } });
    expect(await open('home.example.com')).toBeNull();
    expect(await noHostedZoneSentence('home.example.com', signal)).toBe(
      'No public zone of the AWS account holds home.example.com (it has org, example.org, ome.example.org)',
    );
  });

  const two = [
    { name: ZONE, id: ID, nameServers: ['ns-1.awsdns-01.org.'] },
    { name: ZONE, id: 'ZOTHER', nameServers: ['ns-9.awsdns-09.net.'] },
  ];

  test('of several with one name is the one that the domain has', async () => {
    await using _ = await account(two);
    expect(await open(NAME, resolver(['NS-9.awsdns-09.net']))).toMatchObject({
      zone: { id: 'ZOTHER', isDelegated: true },
    });
  });

  test.each([
    ['none of theirs', resolver(['ns.example.net'])],
    ['could not be asked for', resolver(null)],
    ['those of more than one', resolver(['ns-1.awsdns-01.org', 'ns-9.awsdns-09.net'])],
    ['\\(none\\) are none of theirs', resolver(['ns.org'], 'org')],
  ])('of several with one name: refused where the name servers are %s', async (why, world) => {
    await using _ = await account(two);
    await expect(open(NAME, world)).rejects.toThrow(
      new RegExp(`several public zones named ${ZONE} \\(.*ZOTHER.*\\).* ${why}`, 'u'),
    );
  });

  test('that nobody asks is found all the same, and told', async () => {
    await using _ = await account([{ name: ZONE, id: ID }]);
    expect(await open(NAME, resolver(['ns.example.net']))).toMatchObject({ zone: { isDelegated: false } });
    expect(await open(NAME, resolver(null))).toMatchObject({ zone: { isDelegated: null } });
  });
});

describe('a name where a record is about to be made', () => {
  const check = (address: string) =>
    checkHostedNameFree({ zoneId: ID, name: NAME, type: 'A', values: [address] }, signal);

  test('is free, or holds what a run before has made', async () => {
    await using _ = await account([
      {
        name: ZONE,
        id: ID,
        records: [aaaa, { ...a, name: `x.${NAME}` }, { ...a, name: `made.${ZONE}`, values: [VPS4] }],
      },
    ]);
    await check(VPS4);
    await checkHostedNameFree({ zoneId: ID, name: `made.${ZONE}`, type: 'A', values: [VPS4] }, signal);
  });

  test.each([[[OLD4]], [[VPS4, OLD4]]])('holds %j of somebody else: refused', async (values) => {
    await using _ = await account([{ name: ZONE, id: ID, records: [{ ...a, values }] }]);
    await expect(check(VPS4)).rejects.toThrow(
      `There is an A record of ${NAME} now (${values.join(', ')}) that this stack didn't make and that wasn't there when it was planned; plan again`,
    );
  });

  test('holds an alias: refused, though it may lead to the same', async () => {
    await using aws = await account([{ name: ZONE, id: ID }]);
    const AliasTarget = { HostedZoneId: 'Z2', DNSName: 'x.example.net.', EvaluateTargetHealth: false };
    put(aws, { Name: `${NAME}.`, Type: 'A', AliasTarget });
    await expect(check(VPS4)).rejects.toThrow(/plan again/u);
  });
});

describe('who may not', () => {
  const READ = ['route53:List*', 'route53:Get*'];

  test('change is told so, and nothing is changed to find out', async () => {
    await using aws = await account([{ name: ZONE, id: ID, records: [a] }], READ);
    await expect(open()).rejects.toThrow(
      /^The credentials for AWS may not change the A record of home\.example\.org in example\.org \(".*ChangeResourceRecordSets/u,
    );
    await expect(
      checkHostedZone({ id: ID, name: ZONE }, [{ name: NAME, type: 'A' }], signal),
    ).rejects.toThrow(/may not change/u);
    expect(aws.exists().filter(({ service }) => service === 'route53')).toEqual([]);
  });

  test('look is told what is missing', async () => {
    await using _ = await account([{ name: ZONE, id: ID }], ['lightsail:*']);
    await expect(open()).rejects.toThrow(
      /^The credentials for AWS don't allow route53:ListHostedZonesByName \("/u,
    );
  });

  test('be found, or is unknown to AWS', async () => {
    await using _ = await account([{ name: ZONE, id: ID }]);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAUNKNOWN000000000');
    await expect(open()).rejects.toThrow(/^AWS doesn't know the credentials in use .* mistyped or deleted;/u);
    for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(key, '');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    await expect(open()).rejects.toThrow(/^There are no credentials for AWS/u);
  });

  test('and before up: a zone that is gone meanwhile', async () => {
    await using _ = await account([{ name: ZONE, id: ID }]);
    await checkHostedZone({ id: ID, name: ZONE }, [{ name: NAME, type: 'A' }], signal);
    await expect(
      checkHostedZone({ id: 'ZGONE', name: ZONE }, [{ name: NAME, type: 'A' }], signal),
    ).rejects.toThrow(/^The zone example\.org \(ZGONE\) is no longer in the AWS account/u);
  });
});
