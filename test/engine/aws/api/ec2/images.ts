import {
  DescribeAvailabilityZones$,
  type DescribeAvailabilityZonesRequest,
  type DescribeAvailabilityZonesResult,
  DescribeImages$,
  type DescribeImagesRequest,
  type DescribeImagesResult,
  DescribeInstanceTypes$,
  type DescribeInstanceTypesRequest,
  type DescribeInstanceTypesResult,
  DescribeRegions$,
  type DescribeRegionsRequest,
  type DescribeRegionsResult,
  type InstanceTypeInfo,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { operation } from '../wire/operation.ts';
import { filtered } from './describe.ts';
import { refusal } from './errors.ts';

/** Debian's account on AWS (Debian wiki, "Cloud/AmazonEC2Image"). */
const DEBIAN = '136693071363';

/** Gibibytes of Debian's images. */
const IMAGE_SIZE = 8;

export interface Image {
  id: string;
  architecture: 'arm64' | 'x86_64';
  snapshotId: string;
}

/** Ids are per region, as at AWS. */
export function imagesIn(region: string): Image[] {
  const hex = Buffer.from(region).toString('hex').padEnd(15, '0').slice(-15);
  return [
    { id: `ami-a4${hex}`, architecture: 'arm64', snapshotId: `snap-a4${hex}` },
    { id: `ami-86${hex}`, architecture: 'x86_64', snapshotId: `snap-86${hex}` },
  ];
}

export function imageOf(region: string, id: string): Image {
  const found = imagesIn(region).find((image) => image.id === id);
  if (found === undefined) {
    throw refusal.noImage(id);
  }
  return found;
}

const types = [
  { name: 't4g.nano', architecture: 'arm64', memory: 512 },
  { name: 't4g.micro', architecture: 'arm64', memory: 1024 },
  { name: 't4g.small', architecture: 'arm64', memory: 2048 },
  { name: 't3.nano', architecture: 'x86_64', memory: 512 },
  { name: 't3.micro', architecture: 'x86_64', memory: 1024 },
] as const;

export function typeOf(name: string): (typeof types)[number] {
  const found = types.find((type) => type.name === name);
  if (found === undefined) {
    throw refusal.invalidValue(`Invalid value '${name}' for InstanceType.`);
  }
  return found;
}

const regions = ['ap-south-1', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'us-east-1', 'us-west-2'];

export function zonesIn(region: string): string[] {
  return ['a', 'b', 'c'].map((letter) => region + letter);
}

function nameOf(architecture: Image['architecture']): string {
  return `debian-13-${architecture === 'arm64' ? 'arm64' : 'amd64'}-20260101-0000`;
}

export const imageOperations = [
  operation<DescribeImagesRequest, DescribeImagesResult>(DescribeImages$, (input, { region }) => {
    const images = (input.ImageIds ?? imagesIn(region.name).map(({ id }) => id)).map((id) =>
      imageOf(region.name, id),
    );
    const shown = filtered(images, input.Filters, {
      'image-id': ({ id }) => [id],
      architecture: ({ architecture }) => [architecture],
      'owner-id': () => [DEBIAN],
      name: ({ architecture }) => [nameOf(architecture)],
      state: () => ['available'],
      'virtualization-type': () => ['hvm'],
      'root-device-type': () => ['ebs'],
    });
    return {
      Images: shown.map(({ id, architecture, snapshotId }) => ({
        ImageId: id,
        Architecture: architecture,
        OwnerId: DEBIAN,
        State: 'available',
        Public: true,
        ImageType: 'machine',
        Name: nameOf(architecture),
        RootDeviceName: '/dev/xvda',
        RootDeviceType: 'ebs',
        VirtualizationType: 'hvm',
        EnaSupport: true,
        CreationDate: '2026-01-01T00:00:00.000Z',
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: {
              SnapshotId: snapshotId,
              VolumeSize: IMAGE_SIZE,
              VolumeType: 'gp3',
              DeleteOnTermination: true,
              Encrypted: false,
            },
          },
        ],
      })),
    };
  }),
  operation<DescribeInstanceTypesRequest, DescribeInstanceTypesResult>(DescribeInstanceTypes$, (input) => {
    const wanted: readonly string[] = input.InstanceTypes ?? types.map(({ name }) => name);
    const unknown = wanted.filter((name) => !types.some((type) => type.name === name));
    if (unknown.length > 0) {
      throw new AwsError(
        'InvalidInstanceType',
        `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
      );
    }
    return { InstanceTypes: wanted.map((name): InstanceTypeInfo => typeInfo(typeOf(name))) };
  }),
  operation<DescribeRegionsRequest, DescribeRegionsResult>(DescribeRegions$, ({ RegionNames }) => ({
    Regions: (RegionNames ?? regions).map((name) => {
      if (!regions.includes(name)) {
        throw refusal.invalidValue(`Invalid region provided: ${name}`);
      }
      return {
        RegionName: name,
        Endpoint: `ec2.${name}.amazonaws.com`,
        OptInStatus: 'opt-in-not-required',
      };
    }),
  })),
  operation<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult>(
    DescribeAvailabilityZones$,
    ({ Filters, ZoneNames }, { region: { name } }) => ({
      AvailabilityZones: filtered(
        zonesIn(name).filter((zone) => ZoneNames?.includes(zone) ?? true),
        Filters,
        {
          'zone-name': (zone) => [zone],
          'region-name': () => [name],
          state: () => ['available'],
          'zone-type': () => ['availability-zone'],
          'opt-in-status': () => ['opt-in-not-required'],
        },
      ).map((zone, index) => ({
        ZoneName: zone,
        ZoneId: `${name.replaceAll('-', '')}-az${index + 1}`,
        RegionName: name,
        State: 'available' as const,
        ZoneType: 'availability-zone',
        OptInStatus: 'opt-in-not-required' as const,
      })),
    }),
  ),
];

function typeInfo({ name, architecture, memory }: (typeof types)[number]): InstanceTypeInfo {
  return {
    InstanceType: name,
    CurrentGeneration: true,
    BurstablePerformanceSupported: true,
    Hypervisor: 'nitro',
    SupportedVirtualizationTypes: ['hvm'],
    SupportedRootDeviceTypes: ['ebs'],
    ProcessorInfo: { SupportedArchitectures: [architecture] },
    VCpuInfo: { DefaultVCpus: 2, DefaultCores: 2, DefaultThreadsPerCore: 1 },
    MemoryInfo: { SizeInMiB: memory },
    EbsInfo: { EbsOptimizedSupport: 'default', EncryptionSupport: 'supported' },
    NetworkInfo: { Ipv6Supported: true, MaximumNetworkInterfaces: 2, Ipv6AddressesPerInterface: 2 },
    AutoRecoverySupported: true,
  };
}
