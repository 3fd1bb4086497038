import {
  type Blueprint,
  type Bundle,
  GetBlueprints$,
  type GetBlueprintsRequest,
  type GetBlueprintsResult,
  GetBundles$,
  type GetBundlesRequest,
  type GetBundlesResult,
  GetRegions$,
  type GetRegionsRequest,
  type GetRegionsResult,
} from '@aws-sdk/client-lightsail';
import { page } from '../paging.ts';
import { operation } from '../wire/operation.ts';

/** Some of the regions, with the suffix that their bundles' ids end in. */
const regions = {
  'us-east-1': { displayName: 'Virginia', continentCode: 'NA', suffix: '3_0', zones: 'abcdef' },
  'eu-central-1': { displayName: 'Frankfurt', continentCode: 'EU', suffix: '3_0', zones: 'abc' },
  'eu-west-1': { displayName: 'Ireland', continentCode: 'EU', suffix: '3_0', zones: 'abc' },
  // Less traffic for the same price, and so other bundles (Lightsail user guide, "Data transfer allowance").
  'ap-south-1': { displayName: 'Mumbai', continentCode: 'AS', suffix: '3_1', zones: 'ab' },
  'ap-southeast-2': { displayName: 'Sydney', continentCode: 'OC', suffix: '3_2', zones: 'abc' },
} as const;
type RegionName = keyof typeof regions;

const sizes = [
  // Prices and sizes as `aws lightsail get-bundles` shows them (AWS CLI, examples), US dollars a month.
  { size: 'nano', ramSizeInGb: 0.5, price: 5, ipv6Price: 3.5, diskSizeInGb: 20, transfer: 1024, power: 298 },
  { size: 'micro', ramSizeInGb: 1, price: 7, ipv6Price: 5, diskSizeInGb: 40, transfer: 2048, power: 500 },
  { size: 'small', ramSizeInGb: 2, price: 12, ipv6Price: 10, diskSizeInGb: 60, transfer: 3072, power: 1000 },
] as const;

const blueprints: Blueprint[] = [
  ['debian_12', 'Debian', '12.12', true],
  ['debian_11', 'Debian', '11.4', false],
  ['ubuntu_24_04', 'Ubuntu', '24.04 LTS', true],
  ['amazon_linux_2023', 'Amazon Linux 2023', '2023', true],
].map(([id, name, version, isActive]) => ({
  blueprintId: String(id),
  name: String(name),
  group: String(id),
  type: 'os',
  version: String(version),
  versionCode: '1',
  isActive: isActive === true,
  minPower: 0,
  platform: 'LINUX_UNIX',
}));

function known(region: string): (typeof regions)[RegionName] {
  return Object.hasOwn(regions, region) ? regions[region as RegionName] : regions['us-east-1'];
}

export function isZone(region: string, zone: string): boolean {
  return zone.startsWith(region) && [...known(region).zones].includes(zone.slice(region.length));
}

export function bundlesIn(region: string): Bundle[] {
  const { suffix } = known(region);
  return sizes.flatMap(({ size, ramSizeInGb, price, ipv6Price, diskSizeInGb, transfer, power }) =>
    [false, true].map((ipv6) => ({
      bundleId: `${size}_${ipv6 ? 'ipv6_' : ''}${suffix}`,
      name: size.charAt(0).toUpperCase() + size.slice(1),
      instanceType: size,
      isActive: true,
      price: ipv6 ? ipv6Price : price,
      cpuCount: 2,
      ramSizeInGb,
      diskSizeInGb,
      power,
      transferPerMonthInGb: suffix === '3_0' ? transfer : transfer / 2,
      supportedPlatforms: ['LINUX_UNIX' as const],
      publicIpv4AddressCount: ipv6 ? 0 : 1,
    })),
  );
}

export function blueprintOf(id: string): Blueprint | undefined {
  return blueprints.find((blueprint) => blueprint.blueprintId === id);
}

export const catalogueOperations = [
  operation<GetRegionsRequest, GetRegionsResult>(GetRegions$, ({ includeAvailabilityZones }) => ({
    regions: Object.entries(regions).map(([name, { displayName, continentCode, zones }]) => ({
      name: name as RegionName,
      displayName,
      continentCode,
      description: `This region is recommended to serve users near ${displayName}`,
      availabilityZones:
        includeAvailabilityZones === true
          ? [...zones].map((letter) => ({ zoneName: name + letter, state: 'available' }))
          : [],
    })),
  })),
  operation<GetBundlesRequest, GetBundlesResult>(GetBundles$, ({ pageToken }, { account, region }) => {
    const { items, next } = page(bundlesIn(region.name), pageToken, account.settings.pageSize);
    return { bundles: items, nextPageToken: next };
  }),
  operation<GetBlueprintsRequest, GetBlueprintsResult>(
    GetBlueprints$,
    ({ pageToken, includeInactive }, { account }) => {
      const shown = blueprints.filter(({ isActive }) => isActive === true || includeInactive === true);
      const { items, next } = page(shown, pageToken, account.settings.pageSize);
      return { blueprints: items, nextPageToken: next };
    },
  ),
];
