/** What Lightsail refuses, by the official client. */
import {
  AllocateStaticIpCommand,
  CreateInstancesCommand,
  GetInstanceMetricDataCommand,
  GetInstancesCommand,
  GetOperationCommand,
  GetStaticIpCommand,
  SetIpAddressTypeCommand,
  TagResourceCommand,
} from '@aws-sdk/client-lightsail';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outcome } from './aws/clients.ts';
import { type LightsailWorld, nano, startLightsailWorld } from './aws/lightsail-world.ts';

let lightsail: LightsailWorld;
beforeEach(async () => {
  lightsail = await startLightsailWorld();
});
afterEach(() => lightsail.aws.stop());

describe('refusals', () => {
  const https = { protocol: 'tcp' as const, fromPort: 443, toPort: 443 };
  const invalid = 'InvalidInputException';
  const absent = 'NotFoundException';
  const badState = 'OperationFailureException';
  /** With an instance `one` that runs, `new` that doesn't yet, and the static IPs `on` (at `one`) and `off`. */
  const rules: [string, () => Promise<unknown>, string][] = [
    ['a name that an instance has', () => lightsail.create('one'), invalid],
    ['a name that a static IP has', () => lightsail.create('off'), invalid],
    ['a static IP with the name of an instance', () => lightsail.allocate('one'), invalid],
    ['a name of one character', () => lightsail.create('a'), invalid],
    ['a name with a space', () => lightsail.create('a b'), invalid],
    ["another region's zone", () => lightsail.create('two', { availabilityZone: 'us-east-1a' }), invalid],
    ['an unknown blueprint', () => lightsail.create('two', { blueprintId: 'debian_1' }), invalid],
    [
      'a blueprint that is no longer offered',
      () => lightsail.create('two', { blueprintId: 'debian_11' }),
      invalid,
    ],
    ['an unknown bundle', () => lightsail.create('two', { bundleId: 'nano_1_0' }), invalid],
    [
      'IPv6 only with a bundle that has IPv4',
      () => lightsail.create('two', { ipAddressType: 'ipv6' }),
      invalid,
    ],
    [
      'dual stack with a bundle that has none',
      () => lightsail.create('two', { bundleId: 'nano_ipv6_3_0' }),
      invalid,
    ],
    ['an unknown key pair', () => lightsail.create('two', { keyPairName: 'mine' }), absent],
    ['user data above 16 KiB', () => lightsail.create('two', { userData: 'x'.repeat(16_385) }), invalid],
    ['no zone', () => lightsail.create('two', { availabilityZone: undefined }), invalid],
    ['an unknown instance', () => lightsail.get('two'), absent],
    ['a static IP asked for as an instance', () => lightsail.get('on'), absent],
    ['deleting an unknown instance', () => lightsail.remove('two'), absent],
    [
      'an unknown static IP',
      () => lightsail.client.send(new GetStaticIpCommand({ staticIpName: 'one' })),
      absent,
    ],
    ['attaching to an instance that is pending', () => lightsail.attach('off', 'new'), badState],
    ['attaching an attached one elsewhere', () => lightsail.attach('on', 'one'), badState],
    ['attaching a second one', () => lightsail.attach('off', 'one'), badState],
    ['attaching to nothing', () => lightsail.attach('off', 'two'), absent],
    ["detaching what isn't attached", () => lightsail.detach('off'), invalid],
    ["detaching what isn't there", () => lightsail.detach('two'), absent],
    ['releasing an attached one', () => lightsail.release('on'), badState],
    ["releasing what isn't there", () => lightsail.release('two'), absent],
    ['an unknown protocol', () => lightsail.put('one', { ...https, protocol: 'sctp' as never }), invalid],
    ['ports the wrong way round', () => lightsail.put('one', { ...https, toPort: 442 }), invalid],
    [
      'a port above 65535',
      () => lightsail.put('one', { ...https, fromPort: 65_536, toPort: 65_536 }),
      invalid,
    ],
    ['an IPv6 range among the IPv4 ones', () => lightsail.put('one', { ...https, cidrs: ['::/0'] }), invalid],
    [
      'ICMP with IPv6 ranges',
      () => lightsail.put('one', { protocol: 'icmp', fromPort: 8, toPort: 0, ipv6Cidrs: ['::/0'] }),
      invalid,
    ],
    ['a period of a metric that is no multiple of 60', () => metric(90), invalid],
    [
      'the next page of nothing',
      () => lightsail.client.send(new GetInstancesCommand({ pageToken: 'next' })),
      invalid,
    ],
    ['another IP address type while it is pending', () => type('new', 'ipv4'), badState],
    ['tags on a static IP', () => tag('on'), invalid],
    ['tags on nothing', () => tag('two'), absent],
    ['51 tags', () => tag('one', 51), invalid],
    [
      'an unknown operation',
      () => lightsail.client.send(new GetOperationCommand({ operationId: 'no' })),
      absent,
    ],
    ['IPv6 only for an instance whose bundle has IPv4', () => type('one', 'ipv6'), invalid],
  ];
  const type = (resourceName: string, ipAddressType: 'ipv4' | 'ipv6') =>
    lightsail.client.send(
      new SetIpAddressTypeCommand({ resourceType: 'Instance', resourceName, ipAddressType }),
    );
  const metric = (period: number) =>
    lightsail.client.send(
      new GetInstanceMetricDataCommand({
        instanceName: 'one',
        metricName: 'NetworkOut',
        period,
        startTime: new Date(0),
        endTime: new Date(900_000),
        unit: 'Bytes',
        statistics: ['Sum'],
      }),
    );
  const tag = (resourceName: string, count = 1) =>
    lightsail.client.send(
      new TagResourceCommand({
        resourceName,
        tags: Array.from({ length: count }, (_, index) => ({ key: `key-${index}`, value: '' })),
      }),
    );

  beforeEach(async () => {
    await lightsail.create('one');
    lightsail.wait();
    await lightsail.create('new');
    await lightsail.allocate('on');
    await lightsail.attach('on', 'one');
    await lightsail.allocate('off');
  });
  it.each(rules)('%s', async (_what, call, expected) => {
    const before = lightsail.aws.exists();
    expect(await outcome(call())).toBe(expected);
    expect(lightsail.aws.exists()).toEqual(before);
  });

  it('says which name is taken', async () => {
    await expect(lightsail.create('one')).rejects.toThrow('Some names are already in use: one');
  });

  it('leaves an instance alone that is going', async () => {
    await lightsail.remove('one');
    expect(await outcome(lightsail.remove('one'))).toBe(badState);
    expect(await outcome(lightsail.put('one', https))).toBe(badState);
  });

  it('makes none of several instances if one may not be', async () => {
    const call = lightsail.client.send(
      new CreateInstancesCommand({ instanceNames: ['two', 'one'], ...nano }),
    );
    expect(await outcome(call)).toBe(invalid);
    expect(await outcome(lightsail.get('two'))).toBe(absent);
  });

  it('gives five static IPs in a region and no more', async () => {
    await Promise.all(['three', 'four', 'five'].map(lightsail.allocate));
    expect(await outcome(lightsail.allocate('six'))).toBe('ServiceException');
    const elsewhere = lightsail.elsewhere;
    expect(await outcome(elsewhere.send(new AllocateStaticIpCommand({ staticIpName: 'six' })))).toBe('ok');
  });
});
