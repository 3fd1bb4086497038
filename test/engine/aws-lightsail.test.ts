/** What Lightsail does in the course of a relay's life, by the official client. */
import {
  CloseInstancePublicPortsCommand,
  CreateInstancesCommand,
  GetBlueprintsCommand,
  GetBundlesCommand,
  GetInstanceMetricDataCommand,
  GetInstancePortStatesCommand,
  GetInstanceStateCommand,
  GetInstancesCommand,
  GetOperationCommand,
  GetRegionsCommand,
  GetStaticIpCommand,
  GetStaticIpsCommand,
  OpenInstancePublicPortsCommand,
  SetIpAddressTypeCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lightsail';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcome } from './aws/clients.ts';
import { type LightsailWorld, nano, startLightsailWorld } from './aws/lightsail-world.ts';

let lightsail: LightsailWorld;
beforeEach(async () => {
  lightsail = await startLightsailWorld();
});
afterEach(() => lightsail.aws.stop());

const ports = async () =>
  (await lightsail.client.send(new GetInstancePortStatesCommand({ instanceName: 'one' }))).portStates?.map(
    ({ protocol, fromPort, cidrs, ipv6Cidrs }) => [protocol, fromPort, cidrs?.[0], ipv6Cidrs?.[0]],
  );

describe('an instance', () => {
  it('is pending, has addresses once it runs, and is gone a while after it was deleted', async () => {
    const { operations } = await lightsail.create('one', { tags: [{ key: 'reach4:stack', value: 'abc' }] });
    expect(operations?.[0]).toMatchObject({
      status: 'Started',
      operationType: 'CreateInstance',
      isTerminal: false,
    });
    expect(await lightsail.get('one')).toMatchObject({ state: { name: 'pending' }, ipv6Addresses: [] });
    expect((await lightsail.get('one'))?.publicIpAddress).toBeUndefined();
    lightsail.wait();
    expect(await lightsail.get('one')).toMatchObject({
      state: { name: 'running', code: 16 },
      publicIpAddress: '127.0.1.1',
      ipv6Addresses: ['fd00::1'],
      isStaticIp: false,
      tags: [{ key: 'reach4:stack', value: 'abc' }],
    });
    const operationId = operations?.[0]?.id ?? '';
    const { operation } = await lightsail.client.send(new GetOperationCommand({ operationId }));
    expect(operation).toMatchObject({ status: 'Succeeded', isTerminal: true });
    await lightsail.remove('one');
    const { state } = await lightsail.client.send(new GetInstanceStateCommand({ instanceName: 'one' }));
    expect(state?.name).toBe('shutting-down');
    expect(await outcome(lightsail.create('one'))).toBe('InvalidInputException');
    lightsail.wait();
    expect(await outcome(lightsail.get('one'))).toBe('NotFoundException');
    expect(lightsail.aws.exists()).toEqual([]);
    expect(await outcome(lightsail.create('one'))).toBe('ok');
  });

  it('loses its temporary address to a static one, and gets another when that goes', async () => {
    await lightsail.create('one');
    await lightsail.create('two');
    lightsail.wait();
    await lightsail.allocate('ip');
    await lightsail.attach('ip', 'one');
    expect(await lightsail.get('one')).toMatchObject({ publicIpAddress: '127.1.0.1', isStaticIp: true });
    await lightsail.detach('ip');
    expect(await lightsail.get('one')).toMatchObject({ publicIpAddress: '127.0.1.2', isStaticIp: false });
    await lightsail.attach('ip', 'two');
    await lightsail.remove('two');
    const { staticIp } = await lightsail.client.send(new GetStaticIpCommand({ staticIpName: 'ip' }));
    expect(staticIp).toMatchObject({ isAttached: false, ipAddress: '127.1.0.1' });
    await lightsail.release('ip');
    expect(lightsail.routes.map(({ address, instance }) => `${address} ${instance?.id ?? '-'}`)).toEqual([
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

  it('moves, frees and releases a static IP at once where a test says that Lightsail is so', async () => {
    const lenient = await startLightsailWorld({ staticIps: 'lenient' });
    await lenient.create('one');
    await lenient.create('two');
    lenient.wait();
    await lenient.allocate('ip');
    await lenient.detach('ip');
    await lenient.attach('ip', 'one');
    await lenient.attach('ip', 'two');
    expect(await lenient.get('one')).toMatchObject({ isStaticIp: false, publicIpAddress: '127.0.1.2' });
    await lenient.release('ip');
    expect(await lenient.get('two')).toMatchObject({ isStaticIp: false, publicIpAddress: '127.0.2.2' });
    await lenient.aws.stop();
  });

  it('has 22 and 80 open until told otherwise', async () => {
    await lightsail.create('one');
    expect(await ports()).toEqual([
      ['tcp', 22, '0.0.0.0/0', '::/0'],
      ['tcp', 80, '0.0.0.0/0', '::/0'],
    ]);
    await lightsail.put(
      'one',
      { protocol: 'tcp', fromPort: 443, toPort: 443 },
      { protocol: 'icmpv6', fromPort: -1, toPort: -1 },
    );
    const dns = { protocol: 'udp' as const, fromPort: 53, toPort: 53, cidrs: ['203.0.113.0/24'] };
    await lightsail.client.send(new OpenInstancePublicPortsCommand({ instanceName: 'one', portInfo: dns }));
    expect(await ports()).toEqual([
      ['tcp', 443, '0.0.0.0/0', '::/0'],
      ['icmpv6', -1, undefined, '::/0'],
      ['udp', 53, '203.0.113.0/24', undefined],
    ]);
    await lightsail.client.send(new CloseInstancePublicPortsCommand({ instanceName: 'one', portInfo: dns }));
    expect(await ports()).toHaveLength(2);
  });

  it('changes tags and IP address type in place', async () => {
    await lightsail.create('one', {
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    lightsail.wait();
    await lightsail.client.send(
      new TagResourceCommand({ resourceName: 'one', tags: [{ key: 'a', value: '3' }] }),
    );
    await lightsail.client.send(new UntagResourceCommand({ resourceName: 'one', tagKeys: ['b'] }));
    await lightsail.client.send(
      new SetIpAddressTypeCommand({ resourceType: 'Instance', resourceName: 'one', ipAddressType: 'ipv4' }),
    );
    expect(await lightsail.get('one')).toMatchObject({
      tags: [{ key: 'a', value: '3' }],
      ipAddressType: 'ipv4',
      ipv6Addresses: [],
    });
  });

  it('tells what it sent', async () => {
    await lightsail.create('one');
    const at = (minutes: number) => new Date(lightsail.now() + minutes * 60_000);
    lightsail.aws.account.region('eu-central-1').sent.set('one', [
      { at: at(1), bytes: 5 },
      { at: at(6), bytes: 7 },
      { at: at(9), bytes: 9 },
    ]);
    const { metricData } = await lightsail.client.send(
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
    const first = await lightsail.client.send(new GetBundlesCommand({}));
    const second = await lightsail.client.send(new GetBundlesCommand({ pageToken: first.nextPageToken }));
    expect([...(first.bundles ?? []), ...(second.bundles ?? [])]).toHaveLength(6);
    expect(second.nextPageToken).toBeUndefined();
    expect(first.bundles?.[0]).toMatchObject({ bundleId: 'nano_3_0', price: 5, transferPerMonthInGb: 1024 });
    const { blueprints } = await lightsail.client.send(new GetBlueprintsCommand({}));
    expect(blueprints?.map(({ blueprintId }) => blueprintId)).not.toContain('debian_11');
    const { regions } = await lightsail.client.send(
      new GetRegionsCommand({ includeAvailabilityZones: true }),
    );
    const frankfurt = regions?.find(({ name }) => name === 'eu-central-1');
    expect(frankfurt?.availabilityZones?.[0]).toEqual({
      zoneName: nano.availabilityZone,
      state: 'available',
    });
  });

  it('lists instances and static IPs page by page', async () => {
    const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'];
    await lightsail.client.send(new CreateInstancesCommand({ instanceNames: names, ...nano }));
    const { instances, nextPageToken } = await lightsail.client.send(new GetInstancesCommand({}));
    expect(instances).toHaveLength(5);
    const last = await lightsail.client.send(new GetInstancesCommand({ pageToken: nextPageToken }));
    expect(last.instances?.map(({ name }) => name)).toEqual(['n6']);
    await lightsail.allocate('ip');
    expect((await lightsail.client.send(new GetStaticIpsCommand({}))).staticIps).toHaveLength(1);
  });
});
