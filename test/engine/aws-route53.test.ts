/** Route 53's rules as the stand-in enforces them, by the official client. */
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';

const credentials = testCredentials('dns');
const id = 'Z0123456789';
const name = 'www.example.org.';
let aws: Aws;
let client: AwsClients['route53'];
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    clock: () => now,
    times: { route53Pending: 60_000 },
    zones: [
      {
        name: 'example.org',
        id,
        tags: { team: 'home' },
        records: [
          { name: 'www.example.org', type: 'A', ttl: 300, values: ['203.0.113.7', '203.0.113.8'] },
          { name: 'alias.example.org', type: 'CNAME', ttl: 60, values: ['www.example.org'] },
          { name: '*.example.org', type: 'AAAA', ttl: 60, values: ['2001:db8::7'] },
        ],
      },
      { name: 'example.com' },
    ],
  });
  client = awsClients(aws.url, credentials).route53;
});
afterEach(() => aws.stop());

function record(Name: string, TTL: number | undefined, ...values: string[]): ResourceRecordSet {
  const ResourceRecords = values.map((Value) => ({ Value }));
  return { Name, Type: 'A', ...(TTL === undefined ? {} : { TTL }), ResourceRecords };
}
const change = (...Changes: Change[]) =>
  client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: id, ChangeBatch: { Changes } }));
const create = (ResourceRecordSet: ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet });
const remove = (ResourceRecordSet: ResourceRecordSet) => ({ Action: 'DELETE' as const, ResourceRecordSet });
const upsert = (ResourceRecordSet: ResourceRecordSet) => ({ Action: 'UPSERT' as const, ResourceRecordSet });
const sets = async () =>
  (await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: id }))).ResourceRecordSets ?? [];

describe('a batch', () => {
  const www = record(name, 300, '203.0.113.7', '203.0.113.8');
  it.each<[string, Change[], string, string]>([
    [
      'creating what exists, with another value',
      [create(record(name, 60, '203.0.113.9'))],
      'InvalidChangeBatch',
      `[Tried to create resource record set [name='${name}', type='A'] but it already exists]`,
    ],
    [
      'deleting with another TTL',
      [remove({ ...www, TTL: 60 })],
      'InvalidChangeBatch',
      `[Tried to delete resource record set [name='${name}', type='A'] but the values provided do not match the current values]`,
    ],
    [
      'deleting with one of two values',
      [remove(record(name, 300, '203.0.113.7'))],
      'InvalidChangeBatch',
      'do not match',
    ],
    [
      "deleting what isn't there",
      [remove(record('no.example.org', 60, '203.0.113.7'))],
      'InvalidChangeBatch',
      'was not found',
    ],
    [
      'a name outside the zone',
      [create(record('www.example.com', 60, '203.0.113.7'))],
      'InvalidChangeBatch',
      'not permitted in zone example.org.',
    ],
    [
      'A without an IPv4 address',
      [upsert(record(name, 60, '2001:db8::7'))],
      'InvalidChangeBatch',
      'not a valid IPv4 address',
    ],
    [
      'a value twice',
      [upsert(record(name, 60, '203.0.113.7', '203.0.113.7'))],
      'InvalidChangeBatch',
      'Duplicate',
    ],
    ['no TTL', [upsert(record(name, undefined, '203.0.113.7'))], 'InvalidInput', 'Expected exactly one of'],
    [
      'A beside CNAME',
      [create(record('alias.example.org', 60, '203.0.113.7'))],
      'InvalidChangeBatch',
      'conflicting RRSet of type CNAME',
    ],
    ['no change at all', [], 'InvalidChangeBatch', 'limit'],
    [
      'a change without a record set',
      [{ Action: 'UPSERT', ResourceRecordSet: undefined }],
      'InvalidInput',
      'ResourceRecordSet',
    ],
    [
      'a good change and a bad one',
      [create(record('new.example.org', 60, '203.0.113.7')), create(record(name, 60, '203.0.113.9'))],
      'InvalidChangeBatch',
      'already exists',
    ],
  ])('refuses %s, and does nothing', async (_what, changes, code, message) => {
    const before = await sets();
    const call = change(...changes);
    await expect(call).rejects.toThrow(message);
    expect(await outcome(call)).toBe(code);
    expect(await sets()).toEqual(before);
    expect(aws.exists()).toEqual([]);
  });

  it('takes the values in any order, and delete and create in one', async () => {
    await change(
      remove(record('WWW.example.org', 300, '203.0.113.8', '203.0.113.7')),
      create(record('www.example.org', 60, '203.0.113.9')),
    );
    expect(aws.exists()).toMatchObject([{ service: 'route53', id: `${name} A` }]);
    await change(upsert(www));
    expect(aws.exists()).toEqual([]);
  });

  it('is pending, then in sync', async () => {
    const { ChangeInfo } = await change(upsert(record(name, 60, '203.0.113.9')));
    expect(ChangeInfo?.Status).toBe('PENDING');
    const status = async () =>
      (await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status;
    expect(await status()).toBe('PENDING');
    now += 60_000;
    expect(await status()).toBe('INSYNC');
  });
});

it('lists records by label from the last, from a name on, page by page', async () => {
  expect((await sets()).map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
    'example.org. NS',
    'example.org. SOA',
    '\\052.example.org. AAAA',
    'alias.example.org. CNAME',
    'www.example.org. A',
  ]);
  const page = await client.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: id,
      StartRecordName: 'alias.example.org',
      MaxItems: 1,
    }),
  );
  expect(page).toMatchObject({
    ResourceRecordSets: [{ Name: 'alias.example.org.' }],
    IsTruncated: true,
    NextRecordName: name,
    NextRecordType: 'A',
  });
});

it('finds zones, and says which are not there', async () => {
  const first = await client.send(new ListHostedZonesCommand({ MaxItems: 1 }));
  expect(first).toMatchObject({
    HostedZones: [{ Id: `/hostedzone/${id}`, Name: 'example.org.' }],
    IsTruncated: true,
  });
  const second = await client.send(new ListHostedZonesCommand({ Marker: first.NextMarker }));
  expect(second.HostedZones?.map(({ Name }) => Name)).toEqual(['example.com.']);
  const { HostedZones } = await client.send(new ListHostedZonesByNameCommand({ DNSName: 'example.org' }));
  expect(HostedZones?.map(({ Name }) => Name)).toEqual(['example.org.']);
  const { DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: id }));
  expect(DelegationSet?.NameServers).toContain('ns-1.awsdns-01.org');
  const { ResourceTagSet } = await client.send(
    new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: id }),
  );
  expect(ResourceTagSet?.Tags).toEqual([{ Key: 'team', Value: 'home' }]);
  expect(await outcome(client.send(new GetHostedZoneCommand({ Id: 'ZNONE' })))).toBe('NoSuchHostedZone');
  expect(await outcome(client.send(new GetChangeCommand({ Id: 'CNONE' })))).toBe('NoSuchChange');
  const type = new ListResourceRecordSetsCommand({ HostedZoneId: id, StartRecordType: 'A' });
  expect(await outcome(client.send(type))).toBe('InvalidInput');
  expect(await outcome(client.send(new ListHostedZonesCommand({ Marker: 'ZNONE' })))).toBe('InvalidInput');
});
