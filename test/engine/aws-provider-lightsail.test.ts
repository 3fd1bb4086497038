/** The stand-in of the provider `aws`, with a relay's resources on Lightsail. */

import {
  DeleteInstanceCommand,
  DetachStaticIpCommand,
  GetInstanceCommand,
  GetInstancePortStatesCommand,
  GetStaticIpCommand,
  PutInstancePublicPortsCommand,
  SetIpAddressTypeCommand,
} from '@aws-sdk/client-lightsail';
import {
  Instance,
  type InstanceArgs,
  InstancePublicPorts,
  StaticIp,
  StaticIpAttachment,
} from '@pulumi/aws/lightsail/index.js';
import { CustomResource } from '@pulumi/pulumi/index.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderWorld, startProviderWorld } from './aws/provider-world.ts';
import { ENGINE_TIMEOUT_MS } from './engine.ts';

/** Milliseconds; an update takes two to three seconds here. */
const TEST_TIMEOUT_MS = 120_000;

let world: ProviderWorld;
beforeAll(async () => {
  world = await startProviderWorld();
}, ENGINE_TIMEOUT_MS);
afterAll(() => world?.[Symbol.asyncDispose]());

afterEach(async () => {
  await world.clear();
  expect(world.aws.exists()).toEqual([]);
}, TEST_TIMEOUT_MS);

const host: InstanceArgs = {
  availabilityZone: 'eu-central-1a',
  blueprintId: 'debian_12',
  bundleId: 'nano_3_0',
  userData: '#!/bin/sh\ntrue\n',
  tags: { 'reach4:stack': '0123456789ab' },
};
const https = { protocol: 'tcp', fromPort: 443, toPort: 443 };

function relay(args: Partial<InstanceArgs> = {}) {
  const address = new StaticIp('address', { name: 'reach4-0123456789ab-address' });
  const instance = new Instance('host', { ...host, ...args });
  const ports = new InstancePublicPorts('ports', { instanceName: instance.name, portInfos: [https] });
  // By the address's name, so the old one must go first.
  const attachment = new StaticIpAttachment(
    'attachment',
    { staticIpName: address.name, instanceName: instance.name },
    { deleteBeforeReplace: true, dependsOn: ports },
  );
  return { ip: address.ipAddress, name: instance.name, attachment: attachment.id };
}

/** A resource without the SDK's own checks. */
class Raw extends CustomResource {}

async function nameOfHost(): Promise<string> {
  const name = (await world.state('host'))?.outputs.name;
  return String(name);
}

describe('a relay on Lightsail', { timeout: TEST_TIMEOUT_MS }, () => {
  it('is made, stays, is refreshed without drift, and goes', async () => {
    world.declare(() => relay());
    const preview = await world.stack.preview();
    expect(preview.changeSummary).toEqual({ create: 5 });
    expect(world.writes()).toEqual([]);
    expect(await world.up()).toEqual({ create: 5 });
    expect([...world.writes()].sort()).toEqual([
      'AllocateStaticIp',
      'AttachStaticIp',
      'CreateInstances',
      'PutInstancePublicPorts',
    ]);
    const name = await nameOfHost();
    expect(name).toMatch(/^host-[0-9a-f]{7}$/);
    const { instance } = await world.hand.lightsail.send(new GetInstanceCommand({ instanceName: name }));
    expect(instance).toMatchObject({ isStaticIp: true, tags: [{ key: 'reach4:stack' }] });
    expect(await world.up()).toEqual({ same: 5 });
    expect((await world.state('host'))?.outputs.isStaticIp).toBe(false);
    // No input has changed, so the engine does not count it.
    expect(await world.refresh()).toEqual({ same: 5 });
    expect((await world.state('host'))?.outputs.isStaticIp).toBe(true);
    expect(await world.up()).toEqual({ same: 5 });
    expect(world.writes()).toEqual([]);
    await world.stack.destroy();
    expect(world.aws.exists()).toEqual([]);
    expect(world.writes()).toContain('CloseInstancePublicPorts');
  });

  it('gets a new host for other user data: the new one first, then the address, then the old one goes', async () => {
    world.declare(() => relay());
    await world.up();
    world.writes();
    const old = await nameOfHost();
    world.declare(() => relay({ userData: '#!/bin/sh\nfalse\n' }));
    expect(await world.up()).toEqual({ same: 2, replace: 3 });
    const writes = world.writes();
    const order = ['CreateInstances', 'DetachStaticIp', 'AttachStaticIp', 'DeleteInstance'];
    expect(writes.filter((write) => order.includes(write))).toEqual(order);
    expect(writes).toHaveLength(6);
    expect(await nameOfHost()).not.toBe(old);
  });

  it('loses its old host first if the program names it', async () => {
    world.declare(() => relay({ name: 'relay' }));
    await world.up();
    world.writes();
    world.declare(() => relay({ name: 'relay', userData: '#!/bin/sh\nfalse\n' }));
    await world.up();
    const writes = world.writes();
    expect(writes.indexOf('DeleteInstance')).toBeLessThan(writes.indexOf('CreateInstances'));
  });

  it('is changed in place: tags and the kind of addresses', async () => {
    world.declare(() => relay());
    await world.up();
    world.writes();
    world.declare(() => relay({ tags: { other: 'x' }, ipAddressType: 'ipv4' }));
    expect(await world.up()).toEqual({ same: 4, update: 1 });
    expect(world.writes()).toEqual(['UntagResource', 'TagResource', 'SetIpAddressType']);
    expect((await world.state('host'))?.outputs).toMatchObject({
      tags: { other: 'x' },
      tagsAll: { other: 'x' },
      ipAddressType: 'ipv4',
      ipv6Addresses: [],
    });
    expect(await world.up()).toEqual({ same: 5 });
  });

  it('is repaired after a refresh: what was changed, detached, closed or deleted by hand', async () => {
    world.declare(() => relay());
    await world.up();
    const { lightsail } = world.hand;
    const instanceName = await nameOfHost();
    const staticIpName = 'reach4-0123456789ab-address';
    await lightsail.send(
      new SetIpAddressTypeCommand({
        resourceType: 'Instance',
        resourceName: instanceName,
        ipAddressType: 'ipv4',
      }),
    );
    await lightsail.send(new DetachStaticIpCommand({ staticIpName }));
    await lightsail.send(
      new PutInstancePublicPortsCommand({ instanceName, portInfos: [{ ...https, protocol: 'udp' }] }),
    );
    expect(await world.refresh()).toEqual({ same: 2, update: 2, delete: 1 });
    world.writes();
    await world.up();
    expect(world.writes()).toEqual(
      expect.arrayContaining(['SetIpAddressType', 'PutInstancePublicPorts', 'AttachStaticIp']),
    );
    const { portStates } = await lightsail.send(new GetInstancePortStatesCommand({ instanceName }));
    expect(portStates?.map(({ protocol }) => protocol)).toEqual(['tcp']);
    expect((await lightsail.send(new GetStaticIpCommand({ staticIpName }))).staticIp).toMatchObject({
      attachedTo: instanceName,
    });
    await lightsail.send(new DeleteInstanceCommand({ instanceName }));
    await world.refresh();
    await world.up();
    expect(await nameOfHost()).not.toBe(instanceName);
  });

  it('that failed after something was made has that in its state, and goes on only after a refresh', async () => {
    world.declare(() => relay());
    world.aws.fail({ kind: 'server-error', among: 'all', action: 'lightsail:GetStaticIp' });
    await expect(world.stack.up()).rejects.toThrow(/reading Lightsail Static IP .*ServiceException/);
    const address = await world.state('address');
    expect(address).toMatchObject({ id: 'reach4-0123456789ab-address' });
    expect(address?.outputs).toEqual({ name: 'reach4-0123456789ab-address', region: 'eu-central-1' });
    expect(address?.initErrors).toHaveLength(1);
    await expect(world.stack.up()).rejects.toThrow(/doesn't support update/);
    await world.refresh();
    await world.up();
    expect((await world.state('address'))?.outputs).toHaveProperty('ipAddress');
  });

  it('that failed in a change says it is done one update too early, as the state has what was wanted', async () => {
    world.declare(() => relay());
    await world.up();
    world.writes();
    world.declare(() => relay({ ipAddressType: 'ipv4' }));
    world.aws.fail({ kind: 'server-error', action: 'lightsail:SetIpAddressType' });
    await expect(world.stack.up()).rejects.toThrow(/updating Lightsail Instance .*ServiceException/);
    expect((await world.state('host'))?.outputs.ipAddressType).toBe('ipv4');
    world.writes();
    expect(await world.up()).toEqual({ same: 4, update: 1 });
    expect(world.writes()).toEqual([]);
    expect((await world.state('host'))?.outputs.ipAddressType).toBe('dualstack');
    await world.up();
    expect(world.writes()).toEqual(['SetIpAddressType']);
  });

  it('can lose an instance: one whose creation could not be followed is in no state', async () => {
    world.declare(() => ({ name: new Instance('host', host).name }));
    world.aws.fail({ kind: 'server-error', among: 'all', action: 'lightsail:GetOperation' });
    await expect(world.stack.up()).rejects.toThrow(/error waiting for request operation/);
    expect(await world.state('host')).toBeUndefined();
    const [orphan] = world.aws.exists();
    expect(orphan?.tags).toEqual(host.tags);
    await world.up();
    expect(world.aws.exists()).toHaveLength(2);
    await world.hand.lightsail.send(new DeleteInstanceCommand({ instanceName: orphan?.id }));
  });

  it('is refused with what the real provider refuses', async () => {
    world.declare(() => ({ name: new Instance('host', { ...host, availabilityZone: 'us-east-1a' }).name }));
    await expect(world.stack.preview()).rejects.toThrow(/availability_zone must be within the same region/);
    world.declare(() => ({ name: new Instance('host', { ...host, name: '-' }).name }));
    await expect(world.stack.preview()).rejects.toThrow(/to be between 2 and 255 characters/);
    const portInfos = [{ ...https, protocol: 'sctp' }];
    world.declare(() => ({ id: new InstancePublicPorts('ports', { instanceName: 'x', portInfos }).id }));
    await expect(world.stack.preview()).rejects.toThrow(/portInfos\[0\].protocol to be one of/);
    const unknown = { name: 'address', nmae: 'x' };
    world.declare(() => ({
      id: new Raw('aws:lightsail/staticIp:StaticIp', 'address', unknown).id,
    }));
    await expect(world.stack.preview()).rejects.toThrow(/Invalid or unknown key.*address\.nmae/);
  });
});
