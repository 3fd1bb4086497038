/** internal/service/ec2/ec2_instance.go, `buildInstanceOpts` */
import {
  type BlockDeviceMapping,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  type EC2Client,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import type { ResourceData } from '../bridge/data.ts';

type Options = Omit<RunInstancesCommandInput, 'MinCount' | 'MaxCount'>;

export async function instanceOptions(ec2: EC2Client, data: ResourceData): Promise<Options> {
  const InstanceType = data.maybeText('instanceType');
  const UserData = data.maybeText('userData');
  const profile = data.maybeText('iamInstanceProfile');
  const AutoRecovery = data.block('maintenanceOptions')?.autoRecovery;
  return {
    ImageId: data.maybeText('ami'),
    InstanceType: InstanceType as RunInstancesCommandInput['InstanceType'],
    KeyName: data.maybeText('keyName'),
    DisableApiStop: data.maybeFlag('disableApiStop'),
    DisableApiTermination: data.flag('disableApiTermination'),
    EbsOptimized: data.flag('ebsOptimized'),
    Monitoring: { Enabled: data.flag('monitoring') },
    InstanceInitiatedShutdownBehavior: data.maybeText(
      'instanceInitiatedShutdownBehavior',
    ) as Options['InstanceInitiatedShutdownBehavior'],
    Placement: { AvailabilityZone: data.maybeText('availabilityZone') },
    UserData: UserData === undefined ? data.maybeText('userDataBase64') : base64(UserData),
    MetadataOptions: metadataOptions(data.block('metadataOptions')),
    CreditSpecification: await creditSpecification(ec2, data, InstanceType),
    BlockDeviceMappings: await blockDevices(ec2, data),
    ...(profile === undefined ? {} : { IamInstanceProfile: { Name: profile } }),
    ...(typeof AutoRecovery === 'string'
      ? { MaintenanceOptions: { AutoRecovery: AutoRecovery as 'default' | 'disabled' } }
      : {}),
    ...network(data),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** Only whoever sets `associatePublicIpAddress` gets an interface that is spelled out. */
function network(data: ResourceData): Options {
  const SubnetId = data.maybeText('subnetId');
  const Ipv6AddressCount = data.maybeNumber('ipv6AddressCount') || undefined;
  const addresses = data.texts('ipv6Addresses').map((Ipv6Address) => ({ Ipv6Address }));
  const common = {
    SubnetId,
    Ipv6AddressCount,
    Ipv6Addresses: addresses.length > 0 ? addresses : undefined,
    PrivateIpAddress: data.maybeText('privateIp'),
  };
  const groups = data.texts('vpcSecurityGroupIds');
  const AssociatePublicIpAddress = data.maybeFlag('associatePublicIpAddress');
  return AssociatePublicIpAddress === undefined || SubnetId === undefined
    ? { ...common, SecurityGroupIds: groups.length > 0 ? groups : undefined }
    : { NetworkInterfaces: [{ ...common, DeviceIndex: 0, Groups: groups, AssociatePublicIpAddress }] };
}

/** `expandInstanceMetadataOptions`: with the endpoint off, nothing else may be said. */
export function metadataOptions(block: Properties | undefined): Options['MetadataOptions'] {
  if (block === undefined) {
    return undefined;
  }
  const on = block.httpEndpoint !== 'disabled';
  return {
    HttpEndpoint: block.httpEndpoint as 'enabled',
    ...(on
      ? {
          HttpProtocolIpv6: block.httpProtocolIpv6 as 'enabled',
          HttpPutResponseHopLimit: block.httpPutResponseHopLimit as number,
          HttpTokens: block.httpTokens as 'required',
          InstanceMetadataTags: block.instanceMetadataTags as 'enabled',
        }
      : {}),
  };
}

/** T3 is unlimited unless told otherwise, and types that don't burst are told nothing. */
async function creditSpecification(
  ec2: EC2Client,
  data: ResourceData,
  type: string | undefined,
): Promise<Options['CreditSpecification']> {
  const CpuCredits = data.block('creditSpecification')?.cpuCredits;
  if (typeof CpuCredits === 'string' && type !== undefined && (await isBurstable(ec2, type))) {
    return { CpuCredits };
  }
  return type?.startsWith('t3') ? { CpuCredits: 'unlimited' } : undefined;
}

export async function isBurstable(ec2: EC2Client, type: string): Promise<boolean> {
  const InstanceTypes = [type as NonNullable<Options['InstanceType']>];
  const answer = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes }));
  return answer.InstanceTypes?.[0]?.BurstablePerformanceSupported === true;
}

/** The root device, under the name that the image gives to it. */
async function blockDevices(ec2: EC2Client, data: ResourceData): Promise<BlockDeviceMapping[] | undefined> {
  const block = data.block('rootBlockDevice');
  if (block === undefined) {
    return undefined;
  }
  const { volumeType, iops, throughput } = block;
  if (iops !== undefined && !['io1', 'io2', 'gp3'].includes(String(volumeType))) {
    throw new Error(`iops attribute not supported for root_block_device with volume_type ${volumeType}`);
  }
  if (throughput !== undefined && volumeType !== 'gp3') {
    throw new Error(
      `throughput attribute not supported for root_block_device with volume_type ${volumeType}`,
    );
  }
  const ImageIds = [data.text('ami')];
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds }));
  const DeviceName = Images?.[0]?.RootDeviceName;
  if (DeviceName === undefined) {
    throw new Error(`Expected 1 AMI for ID: ${data.text('ami')}, got none`);
  }
  return [
    {
      DeviceName,
      Ebs: {
        DeleteOnTermination: block.deleteOnTermination as boolean,
        Encrypted: (block.encrypted as boolean) || undefined,
        KmsKeyId: block.kmsKeyId as string,
        VolumeSize: block.volumeSize as number,
        VolumeType: volumeType as 'gp3',
        Iops: iops as number,
        Throughput: throughput as number,
      },
    },
  ];
}
