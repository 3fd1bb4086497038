/** internal/service/ec2/ec2_instance.go, `resourceInstanceRead` */
import {
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Instance,
  type InstanceAttributeName,
} from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import type { ResourceData } from '../bridge/data.ts';
import type { Cloud } from '../cloud.ts';
import { tagState, tagsFrom } from '../tags.ts';
import { ec2Arn, unless } from './common.ts';
import { isBurstable } from './instance-options.ts';
import { findVpc } from './vpc.ts';

/** Undefined if there is none; a terminated one is there for a while. */
export async function findInstance(ec2: EC2Client, id: string): Promise<Instance | undefined> {
  const command = new DescribeInstancesCommand({ InstanceIds: [id] });
  const answer = await unless(['InvalidInstanceID.NotFound'], ec2.send(command));
  return answer?.Reservations?.[0]?.Instances?.[0];
}

export async function readInstance(cloud: Cloud, data: ResourceData, found: Instance): Promise<void> {
  const { ec2 } = cloud;
  const burstable = await isBurstable(ec2, found.InstanceType ?? '');
  data.set(shownOf(found));
  data.set(await launchTemplateOf(ec2, data.id));
  data.set(networkOf(found));
  data.set({ arn: ec2Arn(cloud, `instance/${data.id}`), ...tagState(cloud, data, tagsFrom(found.Tags)) });
  data.set(await groupsOf(ec2, found));
  const attribute = (Attribute: InstanceAttributeName) =>
    ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: data.id, Attribute }));
  const shutdown = await attribute('instanceInitiatedShutdownBehavior');
  data.set({ instanceInitiatedShutdownBehavior: shutdown.InstanceInitiatedShutdownBehavior?.Value });
  data.set(await rootDeviceOf(ec2, found));
  const stop = await attribute('disableApiStop');
  const termination = await attribute('disableApiTermination');
  data.set({
    disableApiStop: stop.DisableApiStop?.Value,
    disableApiTermination: termination.DisableApiTermination?.Value,
  });
  const userData = (await attribute('userData')).UserData?.Value;
  if (userData !== undefined) {
    // In clear since version 6 of the real provider; before, a hash.
    data.set(
      data.maybeText('userDataBase64') === undefined
        ? { userData: Buffer.from(userData, 'base64').toString('utf8') }
        : { userDataBase64: userData },
    );
  }
  if (burstable) {
    const command = new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [data.id] });
    const [one] = (await ec2.send(command)).InstanceCreditSpecifications ?? [];
    data.set({ creditSpecification: one === undefined ? undefined : { cpuCredits: one.CpuCredits } });
  }
}

function shownOf(found: Instance): Properties {
  const { Placement, MetadataOptions, PrivateDnsNameOptions } = found;
  return {
    instanceState: found.State?.Name,
    availabilityZone: Placement?.AvailabilityZone,
    placementGroup: Placement?.GroupName,
    hostId: Placement?.HostId,
    tenancy: Placement?.Tenancy,
    cpuOptions: {
      coreCount: found.CpuOptions?.CoreCount,
      threadsPerCore: found.CpuOptions?.ThreadsPerCore,
    },
    hibernation: found.HibernationOptions?.Configured,
    enclaveOptions: { enabled: found.EnclaveOptions?.Enabled },
    maintenanceOptions: { autoRecovery: found.MaintenanceOptions?.AutoRecovery },
    metadataOptions: {
      httpEndpoint: MetadataOptions?.HttpEndpoint,
      httpProtocolIpv6: MetadataOptions?.HttpProtocolIpv6,
      httpPutResponseHopLimit: MetadataOptions?.HttpPutResponseHopLimit,
      httpTokens: MetadataOptions?.HttpTokens,
      instanceMetadataTags: MetadataOptions?.InstanceMetadataTags,
    },
    privateDnsNameOptions: {
      hostnameType: PrivateDnsNameOptions?.HostnameType,
      enableResourceNameDnsARecord: PrivateDnsNameOptions?.EnableResourceNameDnsARecord,
      enableResourceNameDnsAaaaRecord: PrivateDnsNameOptions?.EnableResourceNameDnsAAAARecord,
    },
    ami: found.ImageId,
    instanceType: found.InstanceType,
    keyName: found.KeyName,
    publicDns: found.PublicDnsName ?? '',
    publicIp: found.PublicIpAddress ?? '',
    privateDns: found.PrivateDnsName,
    privateIp: found.PrivateIpAddress,
    outpostArn: found.OutpostArn,
    ebsOptimized: found.EbsOptimized,
    iamInstanceProfile: found.IamInstanceProfile?.Arn?.replace(/^.*\//, '') ?? '',
    monitoring: ['enabled', 'pending'].includes(found.Monitoring?.State ?? ''),
    capacityReservationSpecification: {
      capacityReservationPreference: found.CapacityReservationSpecification?.CapacityReservationPreference,
    },
    ephemeralBlockDevices: [],
  };
}

function networkOf(found: Instance): Properties {
  const primary = found.NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  return {
    subnetId: primary?.SubnetId ?? found.SubnetId,
    primaryNetworkInterfaceId: primary?.NetworkInterfaceId,
    ipv6AddressCount: primary?.Ipv6Addresses?.length ?? 0,
    ipv6Addresses: (primary?.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address),
    sourceDestCheck: found.SourceDestCheck,
    // Also for an Elastic IP: who says false here replaces the instance each time (terraform-provider-aws#47100).
    associatePublicIpAddress: primary?.Association !== undefined,
    secondaryPrivateIps: (primary?.PrivateIpAddresses ?? [])
      .filter(({ Primary }) => Primary !== true)
      .map(({ PrivateIpAddress }) => PrivateIpAddress),
  };
}

/** By the tags that a template leaves; none is known here. */
async function launchTemplateOf(ec2: EC2Client, id: string): Promise<Properties> {
  const Filters = [
    { Name: 'resource-id', Values: [id] },
    { Name: 'key', Values: ['aws:ec2launchtemplate:id'] },
  ];
  await ec2.send(new DescribeTagsCommand({ Filters }));
  return {};
}

/** Names only in a default VPC; that it can't be looked up is only logged. */
async function groupsOf(ec2: EC2Client, { VpcId = '', SecurityGroups = [] }: Instance): Promise<Properties> {
  const vpc = await findVpc(ec2, VpcId).catch(() => undefined);
  return {
    vpcSecurityGroupIds: SecurityGroups.map(({ GroupId }) => GroupId),
    securityGroups: vpc?.IsDefault === true ? SecurityGroups.map(({ GroupName }) => GroupName) : [],
  };
}

async function rootDeviceOf(ec2: EC2Client, found: Instance): Promise<Properties> {
  const root = found.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === found.RootDeviceName);
  const VolumeId = root?.Ebs?.VolumeId;
  if (VolumeId === undefined) {
    return { ebsBlockDevices: [] };
  }
  const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }));
  const [volume] = Volumes ?? [];
  return {
    ebsBlockDevices: [],
    rootBlockDevice: {
      deleteOnTermination: root?.Ebs?.DeleteOnTermination,
      deviceName: root?.DeviceName,
      encrypted: volume?.Encrypted,
      iops: volume?.Iops,
      kmsKeyId: volume?.KmsKeyId ?? '',
      tags: tagsFrom(volume?.Tags),
      tagsAll: tagsFrom(volume?.Tags),
      throughput: volume?.Throughput,
      volumeId: VolumeId,
      volumeSize: volume?.Size,
      volumeType: volume?.VolumeType,
    },
  };
}
