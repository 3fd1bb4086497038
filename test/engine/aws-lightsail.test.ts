/** Lightsail's rules as the stand-in enforces them, by the official client. */
import {
  AllocateStaticIpCommand,
  AttachStaticIpCommand,
  CloseInstancePublicPortsCommand,
  CreateInstancesCommand,
  type CreateInstancesCommandInput,
  DeleteInstanceCommand,
  DetachStaticIpCommand,
  GetBlueprintsCommand,
  GetBundlesCommand,
  GetInstanceCommand,
  GetInstanceMetricDataCommand,
  GetInstancePortStatesCommand,
  GetInstanceStateCommand,
  GetInstancesCommand,
  GetOperationCommand,
  GetRegionsCommand,
  GetStaticIpCommand,
  GetStaticIpsCommand,
  OpenInstancePublicPortsCommand,
  type PortInfo,
  PutInstancePublicPortsCommand,
  ReleaseStaticIpCommand,
  SetIpAddressTypeCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lightsail';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import type { Route } from './aws/api/options.ts';
import { type Aws, startAws } from './aws/api/server.ts';
import { type AwsClients, awsClients, outcome } from './aws/clients.ts';

const credentials = testCredentials('lightsail');
const zone = 'eu-central-1a';
const nano = { availabilityZone: zone, blueprintId: 'debian_12', bundleId: 'nano_3_0' };

let aws: Aws;
let client: AwsClients['lightsail'];
let now: number;
let routes: Route[];

beforeEach(async () => {
  now = Date.parse('2026-01-01T00:00:00Z');
  routes = [];
  aws = await startAws({
    callers: { [credentials.accessKeyId]: {} },
    clock: () => now,
    times: { lightsailCreate: 60_000, lightsailDelete: 60_000 },
    instanceAddresses: (ordinal, turn) => ({
      publicIpv4: `127.0.${ordinal}.${turn}`,
      ipv6: `fd00::${ordinal}`,
    }),
    staticAddress: (ordinal) => `127.1.0.${ordinal}`,
    onRoute: (route) => void routes.push(route),
  });
  client = awsClients(aws.url, credentials).lightsail;
});
afterEach(() => aws.stop());

const create = (name: string, input: Partial<CreateInstancesCommandInput> = {}) =>
  client.send(new CreateInstancesCommand({ instanceNames: [name], ...nano, ...input }));
const get = async (instanceName: string) =>
  (await client.send(new GetInstanceCommand({ instanceName }))).instance;
const allocate = (staticIpName: string) => client.send(new AllocateStaticIpCommand({ staticIpName }));
const attach = (staticIpName: string, instanceName: string) =>
  client.send(new AttachStaticIpCommand({ staticIpName, instanceName }));
const detach = (staticIpName: string) => client.send(new DetachStaticIpCommand({ staticIpName }));
const release = (staticIpName: string) => client.send(new ReleaseStaticIpCommand({ staticIpName }));
const remove = (instanceName: string) => client.send(new DeleteInstanceCommand({ instanceName }));
const put = (...portInfos: PortInfo[]) =>
  client.send(new PutInstancePublicPortsCommand({ instanceName: 'one', portInfos }));
const ports = async () =>
  (await client.send(new GetInstancePortStatesCommand({ instanceName: 'one' }))).portStates?.map(
    ({ protocol, fromPort, cidrs, ipv6Cidrs }) => [protocol, fromPort, cidrs?.[0], ipv6Cidrs?.[0]],
  );
const wait = () => {
  now += 60_000;
};

describe('refusals', () => {
  const https = { protocol: 'tcp' as const, fromPort: 443, toPort: 443 };
  const invalid = 'InvalidInputException';
  const absent = 'NotFoundException';
  const badState = 'OperationFailureException';
  /** With an instance `one` that runs, `new` that doesn't yet, and the static IPs `on` (at `one`) and `off`. */
  const rules: [string, () => Promise<unknown>, string][] = [
    ['a name that an instance has', () => create('one'), invalid],
    ['a name that a static IP has', () => create('off'), invalid],
    ['a static IP with the name of an instance', () => allocate('one'), invalid],
    ['a name of one character', () => create('a'), invalid],
    ['a name with a space', () => create('a b'), invalid],
    ["another region's zone", () => create('two', { availabilityZone: 'us-east-1a' }), invalid],
    ['an unknown blueprint', () => create('two', { blueprintId: 'debian_1' }), invalid],
    ['a blueprint that is no longer offered', () => create('two', { blueprintId: 'debian_11' }), invalid],
    ['an unknown bundle', () => create('two', { bundleId: 'nano_1_0' }), invalid],
    ['IPv6 only with a bundle that has IPv4', () => create('two', { ipAddressType: 'ipv6' }), invalid],
    ['dual stack with a bundle that has none', () => create('two', { bundleId: 'nano_ipv6_3_0' }), invalid],
    ['an unknown key pair', () => create('two', { keyPairName: 'mine' }), absent],
    ['user data above 16 KiB', () => create('two', { userData: 'x'.repeat(16_385) }), invalid],
    ['no zone', () => create('two', { availabilityZone: undefined }), invalid],
    ['an unknown instance', () => get('two'), absent],
    ['a static IP asked for as an instance', () => get('on'), absent],
    ['deleting an unknown instance', () => remove('two'), absent],
    ['an unknown static IP', () => client.send(new GetStaticIpCommand({ staticIpName: 'one' })), absent],
    ['attaching to an instance that is pending', () => attach('off', 'new'), badState],
    ['attaching an attached one elsewhere', () => attach('on', 'one'), badState],
    ['attaching a second one', () => attach('off', 'one'), badState],
    ['attaching to nothing', () => attach('off', 'two'), absent],
    ["detaching what isn't attached", () => detach('off'), invalid],
    ["detaching what isn't there", () => detach('two'), absent],
    ['releasing an attached one', () => release('on'), badState],
    ["releasing what isn't there", () => release('two'), absent],
    ['an unknown protocol', () => put({ ...https, protocol: 'sctp' as never }), invalid],
    ['ports the wrong way round', () => put({ ...https, toPort: 442 }), invalid],
    ['a port above 65535', () => put({ ...https, fromPort: 65_536, toPort: 65_536 }), invalid],
    ['an IPv6 range among the IPv4 ones', () => put({ ...https, cidrs: ['::/0'] }), invalid],
    ['tags on a static IP', () => tag('on'), invalid],
    ['tags on nothing', () => tag('two'), absent],
    ['51 tags', () => tag('one', 51), invalid],
    ['an unknown operation', () => client.send(new GetOperationCommand({ operationId: 'no' })), absent],
    [
      'IPv6 only for an instance whose bundle has IPv4',
      () =>
        client.send(
          new SetIpAddressTypeCommand({
            resourceType: 'Instance',
            resourceName: 'one',
            ipAddressType: 'ipv6',
          }),
        ),
      invalid,
    ],
  ];
  const tag = (resourceName: string, count = 1) =>
    client.send(
      new TagResourceCommand({
        resourceName,
        tags: Array.from({ length: count }, (_, index) => ({ key: `key-${index}`, value: '' })),
      }),
    );

  beforeEach(async () => {
    await create('one');
    wait();
    await create('new');
    await allocate('on');
    await attach('on', 'one');
    await allocate('off');
  });
  it.each(rules)('%s', async (_what, call, expected) => {
    const before = aws.exists();
    expect(await outcome(call())).toBe(expected);
    expect(aws.exists()).toEqual(before);
  });

  it('says which name is taken', async () => {
    await expect(create('one')).rejects.toThrow('Some names are already in use: one');
  });

  it('makes none of several instances if one may not be', async () => {
    const call = client.send(new CreateInstancesCommand({ instanceNames: ['two', 'one'], ...nano }));
    expect(await outcome(call)).toBe(invalid);
    expect(await outcome(get('two'))).toBe(absent);
  });

  it('gives five static IPs in a region and no more', async () => {
    await Promise.all(['three', 'four', 'five'].map(allocate));
    expect(await outcome(allocate('six'))).toBe('ServiceException');
    const elsewhere = awsClients(aws.url, credentials, 'us-east-1').lightsail;
    expect(await outcome(elsewhere.send(new AllocateStaticIpCommand({ staticIpName: 'six' })))).toBe('ok');
  });
});

describe('an instance', () => {
  it('is pending, has addresses once it runs, and is gone a while after it was deleted', async () => {
    const { operations } = await create('one', { tags: [{ key: 'reach4:stack', value: 'abc' }] });
    expect(operations?.[0]).toMatchObject({
      status: 'Started',
      operationType: 'CreateInstance',
      isTerminal: false,
    });
    expect(await get('one')).toMatchObject({ state: { name: 'pending' }, ipv6Addresses: [] });
    expect((await get('one'))?.publicIpAddress).toBeUndefined();
    wait();
    expect(await get('one')).toMatchObject({
      state: { name: 'running', code: 16 },
      publicIpAddress: '127.0.1.1',
      ipv6Addresses: ['fd00::1'],
      isStaticIp: false,
      tags: [{ key: 'reach4:stack', value: 'abc' }],
    });
    const operationId = operations?.[0]?.id ?? '';
    const { operation } = await client.send(new GetOperationCommand({ operationId }));
    expect(operation).toMatchObject({ status: 'Succeeded', isTerminal: true });
    await remove('one');
    const { state } = await client.send(new GetInstanceStateCommand({ instanceName: 'one' }));
    expect(state?.name).toBe('shutting-down');
    expect(await outcome(create('one'))).toBe('InvalidInputException');
    wait();
    expect(await outcome(get('one'))).toBe('NotFoundException');
    expect(aws.exists()).toEqual([]);
    expect(await outcome(create('one'))).toBe('ok');
  });

  it('loses its temporary address to a static one, and gets another when that goes', async () => {
    await create('one');
    await create('two');
    wait();
    await allocate('ip');
    await attach('ip', 'one');
    expect(await get('one')).toMatchObject({ publicIpAddress: '127.1.0.1', isStaticIp: true });
    await detach('ip');
    expect(await get('one')).toMatchObject({ publicIpAddress: '127.0.1.2', isStaticIp: false });
    await attach('ip', 'two');
    await remove('two');
    const { staticIp } = await client.send(new GetStaticIpCommand({ staticIpName: 'ip' }));
    expect(staticIp).toMatchObject({ isAttached: false, ipAddress: '127.1.0.1' });
    await release('ip');
    expect(routes.map(({ address, instance }) => `${address} ${instance?.id ?? '-'}`)).toEqual([
      '127.0.1.1 one',
      'fd00::1 one',
      '127.0.2.1 two',
      'fd00::2 two',
      '127.0.1.1 -',
      '127.1.0.1 one',
      '127.1.0.1 -',
      '127.0.1.2 one',
      '127.0.2.1 -',
      '127.1.0.1 two',
      '127.1.0.1 -',
      'fd00::2 -',
    ]);
  });

  it('has 22 and 80 open until told otherwise', async () => {
    await create('one');
    expect(await ports()).toEqual([
      ['tcp', 22, '0.0.0.0/0', '::/0'],
      ['tcp', 80, '0.0.0.0/0', '::/0'],
    ]);
    await put(
      { protocol: 'tcp', fromPort: 443, toPort: 443 },
      { protocol: 'icmpv6', fromPort: -1, toPort: -1 },
    );
    const dns = { protocol: 'udp' as const, fromPort: 53, toPort: 53, cidrs: ['203.0.113.0/24'] };
    await client.send(new OpenInstancePublicPortsCommand({ instanceName: 'one', portInfo: dns }));
    expect(await ports()).toEqual([
      ['tcp', 443, '0.0.0.0/0', '::/0'],
      ['icmpv6', -1, undefined, '::/0'],
      ['udp', 53, '203.0.113.0/24', undefined],
    ]);
    await client.send(new CloseInstancePublicPortsCommand({ instanceName: 'one', portInfo: dns }));
    expect(await ports()).toHaveLength(2);
  });

  it('changes tags and IP address type in place', async () => {
    await create('one', {
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    wait();
    await client.send(new TagResourceCommand({ resourceName: 'one', tags: [{ key: 'a', value: '3' }] }));
    await client.send(new UntagResourceCommand({ resourceName: 'one', tagKeys: ['b'] }));
    await client.send(
      new SetIpAddressTypeCommand({ resourceType: 'Instance', resourceName: 'one', ipAddressType: 'ipv4' }),
    );
    expect(await get('one')).toMatchObject({
      tags: [{ key: 'a', value: '3' }],
      ipAddressType: 'ipv4',
      ipv6Addresses: [],
    });
  });

  it('tells what it sent', async () => {
    await create('one');
    const at = (minutes: number) => new Date(now + minutes * 60_000);
    aws.account.region('eu-central-1').sent.set('one', [
      { at: at(1), bytes: 5 },
      { at: at(6), bytes: 7 },
      { at: at(9), bytes: 9 },
    ]);
    const { metricData } = await client.send(
      new GetInstanceMetricDataCommand({
        instanceName: 'one',
        metricName: 'NetworkOut',
        period: 300,
        startTime: at(0),
        endTime: at(9),
        unit: 'Bytes',
        statistics: ['Sum'],
      }),
    );
    expect(metricData?.map(({ sum }) => sum)).toEqual([5, 7]);
  });
});

describe('the catalogue', () => {
  it('has prices and zones, page by page', async () => {
    const first = await client.send(new GetBundlesCommand({}));
    const second = await client.send(new GetBundlesCommand({ pageToken: first.nextPageToken }));
    expect([...(first.bundles ?? []), ...(second.bundles ?? [])]).toHaveLength(6);
    expect(second.nextPageToken).toBeUndefined();
    expect(first.bundles?.[0]).toMatchObject({ bundleId: 'nano_3_0', price: 5, transferPerMonthInGb: 1024 });
    const { blueprints } = await client.send(new GetBlueprintsCommand({}));
    expect(blueprints?.map(({ blueprintId }) => blueprintId)).not.toContain('debian_11');
    const { regions } = await client.send(new GetRegionsCommand({ includeAvailabilityZones: true }));
    const frankfurt = regions?.find(({ name }) => name === 'eu-central-1');
    expect(frankfurt?.availabilityZones?.[0]).toEqual({ zoneName: zone, state: 'available' });
  });

  it('lists instances and static IPs page by page', async () => {
    const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
    await client.send(new CreateInstancesCommand({ instanceNames: names, ...nano }));
    const { instances, nextPageToken } = await client.send(new GetInstancesCommand({}));
    expect(instances).toHaveLength(5);
    const last = await client.send(new GetInstancesCommand({ pageToken: nextPageToken }));
    expect(last.instances?.map(({ name }) => name)).toEqual(['n6']);
    await allocate('ip');
    expect((await client.send(new GetStaticIpsCommand({}))).staticIps).toHaveLength(1);
  });
});
