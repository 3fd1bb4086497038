import { randomBytes, randomInt } from 'node:crypto';
import {
  type InstanceMetadataOptionsRequest,
  type Reservation,
  RunInstances$,
  type RunInstancesRequest,
} from '@aws-sdk/client-ec2';
import type { Call } from '../call.ts';
import { addressIn } from '../cidr.ts';
import { type Given, operation } from '../wire/operation.ts';
import { giveTemporaryIpv4 } from './addresses.ts';
import { kinds, refusal } from './errors.ts';
import { imageOf, typeOf } from './images.ts';
import type { Instance, Volume } from './instance.ts';
import { instanceView } from './instance-view.ts';
import type { SecurityGroup, Subnet } from './network.ts';
import type { Ec2 } from './state.ts';
import { newId } from './store.ts';
import { tagsFor } from './tags.ts';

type Input = Given<RunInstancesRequest>;

/** Bytes, before base64 (EC2 user guide, "User data"). */
const USER_DATA_LIMIT = 16_384;

export const runOperations = [
  operation<RunInstancesRequest, Reservation>(RunInstances$, (input, call) => {
    const { ec2, account } = call.region;
    const { ClientToken: token = '', ...rest } = input;
    const earlier = ec2.runs.get(token);
    if (earlier !== undefined && earlier.input !== JSON.stringify(rest)) {
      throw refusal.tokenMismatch();
    }
    const instances = earlier?.instances ?? run(input, call);
    ec2.runs.set(token === '' ? newId('run') : token, { input: JSON.stringify(rest), instances });
    return {
      ReservationId: instances[0]?.reservationId,
      OwnerId: account.id,
      Groups: [],
      Instances: instances.map((instance) => instanceView(ec2, instance)),
    };
  }),
];

function run(input: Input, call: Call): Instance[] {
  const { ec2 } = call.region;
  const { MinCount, MaxCount } = input;
  if (MinCount < 1 || MaxCount < MinCount) {
    throw refusal.invalidValue(`Invalid value '${MaxCount}' for maxCount. Must be at least minCount.`);
  }
  const reservationId = newId('r');
  return Array.from({ length: MaxCount }, () => {
    const instance = newInstance(input, reservationId, call);
    ec2.volumes.add(instance.rootVolume);
    ec2.instances.add(instance);
    boot(ec2, instance);
    return instance;
  });
}

function newInstance(input: Input, reservationId: string, call: Call): Instance {
  const { ec2, account } = call.region;
  if (input.ImageId === undefined) {
    throw refusal.missing('ImageId');
  }
  const image = imageOf(ec2.region.name, input.ImageId);
  const type = typeOf(input.InstanceType ?? 'm1.small');
  if (type.architecture !== image.architecture) {
    throw refusal.architecture(type.architecture, image.architecture);
  }
  const [nic] = input.NetworkInterfaces ?? [];
  if (nic?.NetworkInterfaceId !== undefined || input.LaunchTemplate !== undefined) {
    throw refusal.invalidValue(
      'This stand-in knows no launch templates and no interfaces that were there before',
    );
  }
  const subnetId = input.SubnetId ?? nic?.SubnetId;
  if (subnetId === undefined) {
    throw refusal.noDefaultVpc();
  }
  const subnet = ec2.subnets.get(subnetId);
  const groups = groupsOf(ec2, subnet, input.SecurityGroupIds ?? nic?.Groups);
  const ipv6Count =
    input.Ipv6AddressCount ?? nic?.Ipv6AddressCount ?? (subnet.assignIpv6AddressOnCreation ? 1 : 0);
  if (ipv6Count > 0 && subnet.ipv6 === undefined) {
    throw refusal.invalidValue(`Subnet ${subnet.id} does not have an IPv6 CIDR block associated with it`);
  }
  const userData = decoded(input.UserData);
  const also = [kinds.volume, kinds.networkInterface];
  const tags = tagsFor(kinds.instance, input.TagSpecifications, call, also);
  const id = newId('i');
  const ordinal = account.newInstance();
  const { ipv6 } = account.addressesOf({ ordinal, turn: 1 });
  const index = 10 + ec2.instances.all.filter((one) => one.subnet === subnet).length;
  return {
    id,
    ...ec2.fresh,
    tags,
    imageId: image.id,
    instanceType: type.name,
    architecture: type.architecture,
    subnet,
    groups,
    state: 'pending',
    userData,
    launchTime: account.now,
    clientToken: input.ClientToken ?? '',
    reservationId,
    privateIpv4: addressIn(subnet.cidr, index),
    temporaryIpv4: '',
    hasTemporaryIpv4: nic?.AssociatePublicIpAddress ?? subnet.mapPublicIpOnLaunch,
    ipv6: Array.from({ length: ipv6Count }, () => ipv6 ?? randomAddress(subnet)),
    ordinal,
    turn: 0,
    networkInterface: {
      id: newId('eni'),
      attachmentId: newId('eni-attach'),
      macAddress: `02:${(randomBytes(5).toString('hex').match(/../g) ?? []).join(':')}`,
    },
    rootVolume: rootVolume(input, { id, subnet, snapshotId: image.snapshotId }, call),
    metadataOptions: metadataOptions(input.MetadataOptions ?? {}),
    creditSpecification: credits(input.CreditSpecification?.CpuCredits, type.name),
    autoRecovery: input.MaintenanceOptions?.AutoRecovery ?? 'default',
    disableApiTermination: input.DisableApiTermination ?? false,
    disableApiStop: input.DisableApiStop ?? false,
    shutdownBehavior: input.InstanceInitiatedShutdownBehavior ?? 'stop',
    ebsOptimized: input.EbsOptimized ?? false,
    monitoring: input.Monitoring?.Enabled ?? false,
    keyName: input.KeyName,
    instanceProfile: input.IamInstanceProfile?.Arn ?? input.IamInstanceProfile?.Name,
    sourceDestCheck: true,
  };
}

function groupsOf(ec2: Ec2, subnet: Subnet, ids: readonly string[] | undefined): SecurityGroup[] {
  if (ids === undefined || ids.length === 0) {
    return ec2.securityGroups.all.filter(({ vpc, name }) => vpc === subnet.vpc && name === 'default');
  }
  const groups = ids.map((id) => ec2.securityGroups.get(id));
  if (groups.some(({ vpc }) => vpc !== subnet.vpc)) {
    throw refusal.otherNetwork(`Security group ${groups[0]?.id}`, `subnet ${subnet.id}`);
  }
  return groups;
}

function decoded(userData: string | undefined): string {
  const text = userData ?? '';
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/\s/g, '').replace(/=+$/, '')) {
    throw refusal.userDataNotBase64();
  }
  if (bytes.length > USER_DATA_LIMIT) {
    throw refusal.userDataTooLong();
  }
  return bytes.toString('utf8');
}

function rootVolume(
  input: Input,
  { id, subnet, snapshotId }: { id: string; subnet: Subnet; snapshotId: string },
  call: Call,
): Volume {
  const mapping = (input.BlockDeviceMappings ?? []).find(({ DeviceName }) => DeviceName === '/dev/xvda');
  if ((input.BlockDeviceMappings ?? []).some((one) => one !== mapping)) {
    throw refusal.invalidValue('This stand-in knows one volume, /dev/xvda');
  }
  const {
    VolumeSize = 8,
    VolumeType = 'gp3',
    Encrypted = false,
    DeleteOnTermination = true,
  } = mapping?.Ebs ?? {};
  if (VolumeSize < 8) {
    throw refusal.invalidValue(
      `Volume of size ${VolumeSize}GB is smaller than snapshot '${snapshotId}', expect size >= 8GB`,
    );
  }
  return {
    id: newId('vol'),
    unseen: { reads: 0, until: 0 },
    tags: tagsFor(kinds.volume, input.TagSpecifications, call, [kinds.instance, kinds.networkInterface]),
    size: VolumeSize,
    volumeType: VolumeType,
    encrypted: Encrypted,
    // What gp3 has without being asked (EBS user guide).
    iops: 3000,
    throughput: 125,
    snapshotId,
    availabilityZone: subnet.availabilityZone,
    instanceId: id,
    deleteOnTermination: DeleteOnTermination,
    createTime: call.account.now,
  };
}

export function metadataOptions(
  given: Omit<InstanceMetadataOptionsRequest, 'HttpEndpoint'> & {
    HttpEndpoint?: 'enabled' | 'disabled' | undefined;
  },
): Instance['metadataOptions'] {
  const hops = given.HttpPutResponseHopLimit ?? 1;
  if (hops < 1 || hops > 64) {
    throw refusal.invalidValue(`Value (${hops}) for parameter HttpPutResponseHopLimit is invalid.`);
  }
  return {
    State: 'applied',
    HttpTokens: given.HttpTokens ?? 'optional',
    HttpPutResponseHopLimit: hops,
    HttpEndpoint: given.HttpEndpoint ?? 'enabled',
    HttpProtocolIpv6: given.HttpProtocolIpv6 ?? 'disabled',
    InstanceMetadataTags: given.InstanceMetadataTags ?? 'disabled',
  };
}

/** T3 and T4g run on `unlimited` unless told otherwise (EC2 user guide, "Burstable performance instances"). */
function credits(given: string | undefined, type: string): string {
  if (given !== undefined && !['standard', 'unlimited'].includes(given)) {
    throw refusal.invalidValue(`Invalid value '${given}' for cpuCredits.`);
  }
  return given ?? (/^t(3|3a|4g)\./.test(type) ? 'unlimited' : 'standard');
}

function boot(ec2: Ec2, instance: Instance): void {
  const { schedule, settings } = ec2.region.account;
  schedule.after(settings.times.ec2Pending, () => {
    // It may have been terminated meanwhile.
    if (instance.state === 'pending') {
      instance.state = 'running';
      giveTemporaryIpv4(ec2, instance);
    }
  });
}

function randomAddress({ ipv6 }: Subnet): string {
  return addressIn(ipv6?.cidr ?? '::/64', 1 + randomInt(2 ** 31 - 1));
}
