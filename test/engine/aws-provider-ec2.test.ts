/** The stand-in of the provider `aws`, with a relay's resources on EC2. */

import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DisassociateAddressCommand,
  ModifyInstanceMetadataOptionsCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupIngressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  Eip,
  EipAssociation,
  Instance,
  type InstanceArgs,
  InternetGateway,
  RouteTable,
  RouteTableAssociation,
  SecurityGroup,
  Subnet,
  Vpc,
} from '@pulumi/aws/ec2/index.js';
import { getParameter } from '@pulumi/aws/ssm/index.js';
import { SecurityGroupEgressRule, SecurityGroupIngressRule } from '@pulumi/aws/vpc/index.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ProviderWorld, startProviderWorld } from './aws/provider-world.ts';
import { ENGINE_TIMEOUT_MS } from './engine.ts';

/** Milliseconds; an update takes four to eight seconds here. */
const TEST_TIMEOUT_MS = 180_000;
/** The stack and what `relay` declares. */
const ALL = 13;

let world: ProviderWorld;
beforeAll(async () => {
  world = await startProviderWorld();
}, ENGINE_TIMEOUT_MS);
afterAll(() => world?.[Symbol.asyncDispose]());

afterEach(async () => {
  await world.clear();
  expect(world.aws.exists()).toEqual([]);
}, TEST_TIMEOUT_MS);

const tags = { 'reach4:stack': '0123456789ab' };

async function relay(args: Partial<InstanceArgs> = {}) {
  const image = await getParameter({ name: '/aws/service/debian/release/13/latest/arm64' });
  const vpc = new Vpc('vpc', { cidrBlock: '10.0.0.0/16', assignGeneratedIpv6CidrBlock: true, tags });
  const gateway = new InternetGateway('gateway', { vpcId: vpc.id, tags });
  const subnet = new Subnet('subnet', {
    vpcId: vpc.id,
    cidrBlock: '10.0.0.0/24',
    ipv6CidrBlock: vpc.ipv6CidrBlock.apply((block) => block.replace(/\/56$/, '/64')),
    assignIpv6AddressOnCreation: true,
    tags,
  });
  const table = new RouteTable('table', {
    vpcId: vpc.id,
    routes: [
      { cidrBlock: '0.0.0.0/0', gatewayId: gateway.id },
      { ipv6CidrBlock: '::/0', gatewayId: gateway.id },
    ],
    tags,
  });
  const routed = new RouteTableAssociation('routed', { subnetId: subnet.id, routeTableId: table.id });
  const group = new SecurityGroup('group', { vpcId: vpc.id, tags });
  const https = { securityGroupId: group.id, ipProtocol: 'tcp', fromPort: 443, toPort: 443, tags };
  new SecurityGroupIngressRule('https-ipv4', { ...https, cidrIpv4: '0.0.0.0/0' });
  new SecurityGroupIngressRule('https-ipv6', { ...https, cidrIpv6: '::/0' });
  new SecurityGroupEgressRule('out-ipv4', {
    securityGroupId: group.id,
    ipProtocol: '-1',
    cidrIpv4: '0.0.0.0/0',
    tags,
  });
  const host = new Instance(
    'host',
    {
      ami: image.insecureValue,
      instanceType: 't4g.nano',
      subnetId: subnet.id,
      vpcSecurityGroupIds: [group.id],
      ipv6AddressCount: 1,
      userData: '#!/bin/sh\ntrue\n',
      userDataReplaceOnChange: true,
      creditSpecification: { cpuCredits: 'standard' },
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      maintenanceOptions: { autoRecovery: 'default' },
      rootBlockDevice: { volumeType: 'gp3', volumeSize: 8, encrypted: true },
      tags,
      ...args,
    },
    { dependsOn: routed, ignoreChanges: ['ami'] },
  );
  const address = new Eip('address', { domain: 'vpc', tags }, { dependsOn: gateway });
  const association = new EipAssociation('association', {
    allocationId: address.id,
    instanceId: host.id,
    allowReassociation: true,
  });
  return { ip: address.publicIp, host: host.id, association: association.id };
}

async function only(): Promise<{ id: string; userData: unknown; ip: unknown }> {
  const host = await world.state('host');
  const address = await world.state('address');
  return { id: String(host?.id), userData: host?.outputs.userData, ip: address?.outputs.publicIp };
}

describe('a relay on EC2', { timeout: TEST_TIMEOUT_MS }, () => {
  it('is made, stays, is refreshed without drift, and goes', async () => {
    world.declare(() => relay());
    expect((await world.stack.preview()).changeSummary).toEqual({ create: ALL });
    expect(world.writes()).toEqual([]);
    expect(await world.up()).toEqual({ create: ALL });
    const { id, ip } = await only();
    const { Reservations } = await world.hand.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
      PublicIpAddress: ip,
      State: { Name: 'running' },
      MetadataOptions: { HttpTokens: 'required' },
    });
    expect(await world.up()).toEqual({ same: ALL });
    expect(await world.refresh()).toEqual({ same: ALL });
    world.writes();
    expect(await world.up()).toEqual({ same: ALL });
    expect(world.writes()).toEqual([]);
    await world.stack.destroy();
    expect(world.aws.exists()).toEqual([]);
  });

  it('has no egress but what the program says', async () => {
    world.declare(() => relay());
    await world.up();
    const GroupIds = [String((await world.state('group'))?.id)];
    const { SecurityGroups } = await world.hand.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
    expect(SecurityGroups?.[0]?.IpPermissionsEgress).toMatchObject([
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [] },
    ]);
    expect(SecurityGroups?.[0]).toMatchObject({ Description: 'Managed by Pulumi' });
    expect(SecurityGroups?.[0]?.GroupName).toMatch(/^group-[0-9a-f]{7}$/);
  });

  it('gets a new host for other user data, and the address moves to it before the old one goes', async () => {
    world.declare(() => relay());
    await world.up();
    const old = await only();
    world.writes();
    world.declare(() => relay({ userData: '#!/bin/sh\nfalse\n' }));
    expect(await world.up()).toEqual({ same: ALL - 2, replace: 2 });
    const moves = ['RunInstances', 'AssociateAddress', 'DisassociateAddress', 'TerminateInstances'];
    expect(world.writes().filter((write) => moves.includes(write))).toEqual(moves);
    const now = await only();
    expect(now.id).not.toBe(old.id);
    expect(now).toMatchObject({ ip: old.ip, userData: '#!/bin/sh\nfalse\n' });
  });

  it('is stopped and started for other user data unless it is to be replaced', async () => {
    world.declare(() => relay({ userDataReplaceOnChange: false }));
    await world.up();
    const { id } = await only();
    world.writes();
    world.declare(() => relay({ userDataReplaceOnChange: false, userData: '#!/bin/sh\nfalse\n' }));
    expect(await world.up()).toEqual({ same: ALL - 1, update: 1 });
    expect(world.writes()).toEqual(['StopInstances', 'ModifyInstanceAttribute', 'StartInstances']);
    expect(await only()).toMatchObject({ id, userData: '#!/bin/sh\nfalse\n' });
  });

  it('is changed in place: tags, credits, metadata, recovery', async () => {
    world.declare(() => relay());
    await world.up();
    world.writes();
    world.declare(() =>
      relay({
        tags: { other: 'x' },
        creditSpecification: { cpuCredits: 'unlimited' },
        metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 2 },
        maintenanceOptions: { autoRecovery: 'disabled' },
      }),
    );
    expect(await world.up()).toEqual({ same: ALL - 1, update: 1 });
    expect(world.writes()).toEqual([
      'DeleteTags',
      'CreateTags',
      'ModifyInstanceMaintenanceOptions',
      'ModifyInstanceCreditSpecification',
      'ModifyInstanceMetadataOptions',
    ]);
    expect(await world.up()).toEqual({ same: ALL });
    expect(await world.refresh()).toEqual({ same: ALL });
  });

  it('is repaired after a refresh', async () => {
    world.declare(() => relay());
    await world.up();
    const { ec2 } = world.hand;
    const { id } = await only();
    const rule = await world.state('https-ipv4');
    const GroupId = String(rule?.outputs.securityGroupId);
    await ec2.send(
      new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [String(rule?.id)] }),
    );
    await ec2.send(new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, HttpTokens: 'optional' }));
    const association = String((await world.state('association'))?.id);
    await ec2.send(new DisassociateAddressCommand({ AssociationId: association }));
    expect(await world.refresh()).toMatchObject({ delete: 2, update: 1 });
    world.writes();
    expect(await world.up()).toMatchObject({ create: 2, update: 1 });
    expect([...world.writes()].sort()).toEqual([
      'AssociateAddress',
      'AuthorizeSecurityGroupIngress',
      'CreateTags',
      'ModifyInstanceMetadataOptions',
    ]);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    const { Addresses } = await ec2.send(new DescribeAddressesCommand({}));
    const [address] = Addresses ?? [];
    await expect
      .poll(async () => (await ec2.send(new DescribeAddressesCommand({}))).Addresses?.[0]?.AssociationId)
      .toBeUndefined();
    await ec2.send(new ReleaseAddressCommand({ AllocationId: address?.AllocationId }));
    expect(await world.refresh()).toMatchObject({ delete: 3 });
    expect(await world.up()).toMatchObject({ create: 3 });
    expect((await only()).id).not.toBe(id);
  });

  it('keeps what failed to start, and goes on with it', async () => {
    world.declare(() => relay());
    world.aws.fail({ kind: 'server-error', among: 'all', action: 'ec2:DescribeInstances', nth: 2 });
    await expect(world.stack.up()).rejects.toThrow(/waiting for EC2 Instance .*InternalError/);
    const host = await world.state('host');
    expect(host?.id).toMatch(/^i-/);
    expect(host?.initErrors).toHaveLength(1);
    world.aws.reset();
    await world.up();
    expect((await only()).id).toBe(host?.id);
  });
});
