/** The literal `pulumi` with the compiled program on a relay's plan at EC2. */
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeAddressesCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  DisassociateAddressCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { NAME } from '../support/names.ts';
import type { PulumiRun } from './folder.ts';
import { ADDRESS, PORT, type RelayWorld, relayWorld, tcpPlan } from './relay-world.ts';

/** ms: each command of the engine takes five to ten seconds on two busy cores. */
const LONG = 300_000;

const host = {
  kind: 'ec2',
  region: 'eu-central-1',
  instanceType: 't4g.nano',
  architecture: 'arm64',
} as const;
const ec2Plan = (rebootAt = '04:30') => {
  const plan = tcpPlan({ host });
  return { ...plan, settings: { ...plan.settings, rebootAt } };
};

const succeeds = ({ exitCode, output }: PulumiRun): string => {
  expect(exitCode, output).toBe(0);
  return output;
};

async function started(options: Parameters<typeof relayWorld>[0] = {}): Promise<RelayWorld> {
  const the = await relayWorld(options);
  await the.plan(ec2Plan());
  succeeds(await the.up());
  expect(the.records()).toEqual([`${NAME} ${ADDRESS}`]);
  return the;
}

async function endsEmpty(the: RelayWorld): Promise<void> {
  succeeds(await the.destroy());
  expect(the.exists()).toEqual([]);
  expect(the.records()).toEqual([]);
}

/** What moves or costs; the network's own calls are in whatever order they can be. */
const TOLD =
  /^(?:RunInstances|TerminateInstances|A .*|proof .*|(?:Allocate|Associate|Release)Address|.*Vpc)$/u;
const told = (the: RelayWorld): string[] =>
  the
    .timeline()
    .filter((each) => TOLD.test(each))
    // The alarm is put while the proof runs.
    .filter((each, index, all) => each !== all[index - 1]);

const ids = (the: RelayWorld, type: string): string[] =>
  the.aws.exists().flatMap((one) => (one.type === type ? [one.id] : []));

describe('a relay on EC2', { timeout: LONG }, () => {
  test('comes, stays, and goes in the order that leaves nothing dangling', async () => {
    await using the = await started();
    expect(told(the)).toEqual([
      'CreateVpc',
      'AllocateAddress',
      'RunInstances',
      'proof of 1',
      'AssociateAddress',
      `A ${ADDRESS}`,
    ]);
    const everything = the.aws.exists();
    expect(everything.map(({ type }) => type).sort()).toEqual(
      [
        'alarm',
        'elastic-ip',
        'instance',
        'internet-gateway',
        'route-table',
        'security-group',
        'subnet',
        'volume',
        'vpc',
      ].sort(),
    );
    // By which what was never recorded is found again.
    expect(everything.filter(({ tags }) => tags['reach4:stack'] !== '0123456789ab')).toEqual([]);
    expect(succeeds(await the.up())).toMatch(/Resources:\s+\d+ unchanged/u);
    expect(the.timeline()).toEqual([]);
    await endsEmpty(the);
    expect(told(the)).toEqual(['A gone', 'TerminateInstances', 'ReleaseAddress', 'DeleteVpc']);
  });

  test('has only the services open, and ICMPv6; no key, IMDSv2, an encrypted disk, no surcharge', async () => {
    await using the = await started();
    const { ec2 } = the.hand;
    const [GroupId = ''] = ids(the, 'security-group');
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
    const open = (SecurityGroups?.[0]?.IpPermissions ?? []).map(
      ({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges }) =>
        [IpProtocol, FromPort, ToPort, IpRanges?.[0]?.CidrIp, Ipv6Ranges?.[0]?.CidrIpv6].join(' '),
    );
    expect(open.sort()).toEqual(['icmpv6 -1 -1  ::/0', `tcp ${PORT} ${PORT} 0.0.0.0/0 ::/0`]);
    const InstanceIds = ids(the, 'instance');
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds }));
    const [instance] = Reservations?.[0]?.Instances ?? [];
    expect(instance).toMatchObject({
      InstanceType: 't4g.nano',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    });
    expect(instance?.KeyName).toBeUndefined();
    const credits = await ec2.send(new DescribeInstanceCreditSpecificationsCommand({ InstanceIds }));
    expect(credits.InstanceCreditSpecifications?.[0]?.CpuCredits).toBe('standard');
    const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: ids(the, 'volume') }));
    expect(Volumes).toMatchObject([{ Encrypted: true, VolumeType: 'gp3', Size: 8 }]);
    await endsEmpty(the);
  });

  test('a changed configuration: the new host serves before the address moves, then the old one goes', async () => {
    await using the = await started();
    the.timeline();
    const old = ids(the, 'instance');
    await the.plan(ec2Plan('05:30'));
    succeeds(await the.up());
    expect(told(the)).toEqual(['RunInstances', 'proof of 2', 'AssociateAddress', 'TerminateInstances']);
    expect(ids(the, 'instance')).toHaveLength(1);
    expect(ids(the, 'instance')).not.toEqual(old);
    expect(the.records()).toEqual([`${NAME} ${ADDRESS}`]);
    expect(succeeds(await the.up())).toMatch(/Resources:\s+\d+ unchanged/u);
    await endsEmpty(the);
  });

  test('a new host that never forwards: the old one goes on; built anew, it moves', async () => {
    await using the = await started({ environment: { REACH4_PROOF_SECONDS: '2' } });
    const [old] = ids(the, 'instance');
    the.dead.add(2);
    const plan = ec2Plan();
    const [service] = plan.settings.services;
    if (service === undefined) throw new Error('the plan has no service');
    const services = [{ ...service, port: PORT + 1 }];
    await the.plan({ ...plan, settings: { ...plan.settings, services } });
    const failed = await the.up();
    expect(failed.exitCode).toBe(1);
    expect(failed.output).toContain(`hook "relay-gate-forwards" failed: ${PORT + 1} (TCP): `);
    expect(await associated(the)).toBe(old);
    expect(await opened(the, old)).toEqual([PORT]);
    await the.plan(ec2Plan('05:30'));
    const urn = /--replace '([^']+)'/u.exec(failed.output)?.[1] ?? '';
    succeeds(await the.up('--replace', urn));
    expect(ids(the, 'instance')).toEqual([await associated(the)]);
    await endsEmpty(the);
  });

  test('drift is repaired: a port opened, the address taken away, the host gone', async () => {
    await using the = await started();
    const { ec2 } = the.hand;
    const [GroupId = ''] = ids(the, 'security-group');
    const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh] }));
    the.timeline();
    succeeds(await the.up());
    expect(the.timeline()).toEqual(['RevokeSecurityGroupIngress']);
    expect(await opened(the, ids(the, 'instance')[0])).toEqual([PORT]);

    const { Addresses } = await ec2.send(new DescribeAddressesCommand({}));
    await ec2.send(new DisassociateAddressCommand({ AssociationId: Addresses?.[0]?.AssociationId }));
    succeeds(await the.up());
    expect(the.timeline()).toEqual(['AssociateAddress']);

    await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids(the, 'instance') }));
    await the.settled();
    succeeds(await the.up());
    expect(told(the)).toEqual(['RunInstances', 'proof of 2', 'AssociateAddress']);
    await endsEmpty(the);
  });
});

/** The host that has the address. */
async function associated(the: RelayWorld): Promise<string | undefined> {
  const { Addresses } = await the.hand.ec2.send(new DescribeAddressesCommand({}));
  return Addresses?.[0]?.InstanceId;
}

/** The TCP ports that a host has open. */
async function opened(the: RelayWorld, id = ''): Promise<(number | undefined)[]> {
  const { Reservations } = await the.hand.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const groups = Reservations?.[0]?.Instances?.[0]?.SecurityGroups ?? [];
  const GroupIds = groups.map(({ GroupId = '' }) => GroupId);
  const { SecurityGroups } = await the.hand.ec2.send(new DescribeSecurityGroupsCommand({ GroupIds }));
  return (SecurityGroups ?? [])
    .flatMap(({ IpPermissions }) => IpPermissions ?? [])
    .flatMap(({ IpProtocol, FromPort }) => (IpProtocol === 'tcp' ? [FromPort] : []));
}
