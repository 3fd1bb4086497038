import type { Instance as InstanceView } from '@aws-sdk/client-ec2';
import type { Instance } from './instance.ts';
import type { Ec2 } from './state.ts';

/** EC2 API reference, InstanceState. */
const stateCodes = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;

export function stateView(state: Instance['state']) {
  return { Code: stateCodes[state], Name: state };
}

export function instanceView(ec2: Ec2, instance: Instance): InstanceView {
  const { subnet, rootVolume, networkInterface } = instance;
  const publicIpv4 = ec2.addressOf(instance)?.publicIp ?? instance.temporaryIpv4;
  const common = {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instance.instanceType as never,
    State: stateView(instance.state),
    LaunchTime: instance.launchTime,
    ClientToken: instance.clientToken,
    Architecture: instance.architecture,
    Placement: { AvailabilityZone: subnet.availabilityZone, Tenancy: 'default' as const, GroupName: '' },
    MetadataOptions: instance.metadataOptions,
    MaintenanceOptions: { AutoRecovery: instance.autoRecovery },
    Monitoring: { State: instance.monitoring ? ('enabled' as const) : ('disabled' as const) },
    RootDeviceName: '/dev/xvda',
    RootDeviceType: 'ebs' as const,
    VirtualizationType: 'hvm' as const,
    Hypervisor: 'xen' as const,
    EbsOptimized: instance.ebsOptimized,
    EnaSupport: true,
    CpuOptions: { CoreCount: 2, ThreadsPerCore: 1 },
    CapacityReservationSpecification: { CapacityReservationPreference: 'open' as const },
    EnclaveOptions: { Enabled: false },
    HibernationOptions: { Configured: false },
    PrivateDnsNameOptions: {
      HostnameType: 'ip-name' as const,
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    ...(instance.keyName === undefined ? {} : { KeyName: instance.keyName }),
    Tags: instance.tags,
  };
  if (instance.state === 'terminated') {
    // Its network interface and volume are gone.
    return { ...common, NetworkInterfaces: [], SecurityGroups: [], BlockDeviceMappings: [] };
  }
  const groups = instance.groups.map(({ id, name }) => ({ GroupId: id, GroupName: name }));
  return {
    ...common,
    VpcId: subnet.vpc.id,
    SubnetId: subnet.id,
    PrivateIpAddress: instance.privateIpv4,
    PrivateDnsName: `ip-${instance.privateIpv4.replaceAll('.', '-')}.${ec2.region.name}.compute.internal`,
    PublicDnsName: '',
    ...(publicIpv4 === '' ? {} : { PublicIpAddress: publicIpv4 }),
    ...(instance.ipv6[0] === undefined ? {} : { Ipv6Address: instance.ipv6[0] }),
    SecurityGroups: groups,
    SourceDestCheck: instance.sourceDestCheck,
    BlockDeviceMappings: [
      {
        DeviceName: '/dev/xvda',
        Ebs: {
          VolumeId: rootVolume.id,
          Status: 'attached',
          DeleteOnTermination: rootVolume.deleteOnTermination,
          AttachTime: rootVolume.createTime,
        },
      },
    ],
    NetworkInterfaces: [
      {
        NetworkInterfaceId: networkInterface.id,
        MacAddress: networkInterface.macAddress,
        SubnetId: subnet.id,
        VpcId: subnet.vpc.id,
        OwnerId: ec2.region.account.id,
        Status: 'in-use',
        InterfaceType: 'interface',
        SourceDestCheck: instance.sourceDestCheck,
        Groups: groups,
        PrivateIpAddress: instance.privateIpv4,
        PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: instance.privateIpv4 }],
        Ipv6Addresses: instance.ipv6.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
        ...(publicIpv4 === ''
          ? {}
          : {
              Association: {
                PublicIp: publicIpv4,
                PublicDnsName: '',
                IpOwnerId: ec2.addressOf(instance) === undefined ? 'amazon' : ec2.region.account.id,
              },
            }),
        Attachment: {
          AttachmentId: networkInterface.attachmentId,
          DeviceIndex: 0,
          NetworkCardIndex: 0,
          DeleteOnTermination: true,
          Status: 'attached',
          AttachTime: instance.launchTime,
        },
      },
    ],
  };
}
