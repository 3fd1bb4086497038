/**
 * What a relay costs at AWS, US dollars. Sources: Lightsail's plans by GetBundles and its user guide ("Data transfer in
 * Lightsail"), aws.amazon.com/ec2/pricing/on-demand and aws.amazon.com/ebs/pricing. As of:
 */
export const PRICES_AS_OF = '2026-10';

/** Hours that AWS counts a month as. */
const HOURS = 730;

/** Where a relay can run. */
interface Region {
  /** The city or country, as people say it. */
  readonly place: string;
  /** What the ids of Lightsail's bundles end in: regions with other allowances have bundles of their own. */
  readonly bundles: string;
  /** Part of the traffic that plans include elsewhere. */
  readonly allowance: 1 | 0.5;
  /** Each GB out beyond it. */
  readonly lightsailPerGB: number;
  /** Each GB out of EC2 beyond what is free, up to 10 TB a month. */
  readonly ec2PerGB: number;
}

const region = (
  place: string,
  lightsailPerGB: number,
  ec2PerGB: number,
  bundles = '3_0',
  allowance: 1 | 0.5 = 1,
): Region => ({ place, bundles, allowance, lightsailPerGB, ec2PerGB });

/** Regions that have both kinds of host, by their names in the API. */
export const REGIONS = {
  'us-east-1': region('Virginia', 0.09, 0.09),
  'us-east-2': region('Ohio', 0.09, 0.09),
  'us-west-2': region('Oregon', 0.09, 0.09),
  'ca-central-1': region('Montreal', 0.09, 0.09),
  'eu-central-1': region('Frankfurt', 0.09, 0.09),
  'eu-west-1': region('Dublin', 0.09, 0.09),
  'eu-west-2': region('London', 0.09, 0.09),
  'eu-west-3': region('Paris', 0.09, 0.09),
  'eu-north-1': region('Stockholm', 0.09, 0.09),
  'ap-south-1': region('Mumbai', 0.13, 0.1093, '3_1', 0.5),
  'ap-northeast-1': region('Tokyo', 0.14, 0.114),
  'ap-northeast-2': region('Seoul', 0.13, 0.126),
  'ap-southeast-1': region('Singapore', 0.12, 0.12),
  'ap-southeast-2': region('Sydney', 0.17, 0.114, '3_2', 0.5),
} as const satisfies Readonly<Record<string, Region>>;
export type RegionName = keyof typeof REGIONS;

export const isRegion = (name: string): name is RegionName => Object.hasOwn(REGIONS, name);

/** Lightsail's plans with a public IPv4 address that a relay can use; the first is enough for most. */
const LIGHTSAIL_SIZES = {
  nano: { monthlyUSD: 5, includedGB: 1024 },
  micro: { monthlyUSD: 7, includedGB: 2048 },
  small: { monthlyUSD: 12, includedGB: 3072 },
} as const;

/** EC2's cheapest types with 512 MB and more; USD an hour in us-east-1. */
const EC2_SIZES = {
  't4g.nano': { hourlyUSD: 0.0042, architecture: 'arm64' },
  't4g.micro': { hourlyUSD: 0.0084, architecture: 'arm64' },
  't4g.small': { hourlyUSD: 0.0168, architecture: 'arm64' },
  't3a.nano': { hourlyUSD: 0.0047, architecture: 'amd64' },
  't3a.micro': { hourlyUSD: 0.0094, architecture: 'amd64' },
} as const;

/** A public IPv4 address, an hour (AWS News Blog, since 2024-02-01). */
const IPV4_HOURLY_USD = 0.005;
/** The root disk: gp3, a GB and month. */
const DISK_GB = 8;
const DISK_USD = 0.08;
/** Free out of all of EC2 together, a month. */
const EC2_FREE_GB = 100;

export const SIZES = { lightsail: Object.keys(LIGHTSAIL_SIZES), ec2: Object.keys(EC2_SIZES) } as const;

export interface Price {
  /** A month of 730 hours. */
  readonly monthlyUSD: number;
  /**
   * GB a month that are included, and what each one out beyond costs. On Lightsail what comes in counts too, so that
   * each byte that is relayed counts twice; on EC2 only what goes out.
   */
  readonly traffic: { readonly includedGB: number; readonly perGBUSD: number };
  /** False where the hourly price is that of us-east-1: other regions ask for up to a third more. */
  readonly isExact: boolean;
}

/** @returns null for a size that isn't known */
export function lightsailPrice(name: RegionName, size: string): Price | null {
  if (!Object.hasOwn(LIGHTSAIL_SIZES, size)) return null;
  const { monthlyUSD, includedGB } = LIGHTSAIL_SIZES[size as keyof typeof LIGHTSAIL_SIZES];
  const { allowance, lightsailPerGB } = REGIONS[name];
  return {
    monthlyUSD,
    traffic: { includedGB: includedGB * allowance, perGBUSD: lightsailPerGB },
    isExact: true,
  };
}

/** The id of a Lightsail plan in a region, as GetBundles names it. */
export const bundleIdOf = (name: RegionName, size: string): string => `${size}_${REGIONS[name].bundles}`;

/** @returns null for an instance type that isn't known */
export function ec2Price(
  name: RegionName,
  type: string,
): (Price & { architecture: 'arm64' | 'amd64' }) | null {
  if (!Object.hasOwn(EC2_SIZES, type)) return null;
  const { hourlyUSD, architecture } = EC2_SIZES[type as keyof typeof EC2_SIZES];
  const monthly = (hourlyUSD + IPV4_HOURLY_USD) * HOURS + DISK_GB * DISK_USD;
  return {
    monthlyUSD: Math.round(monthly * 100) / 100,
    traffic: { includedGB: EC2_FREE_GB, perGBUSD: REGIONS[name].ec2PerGB },
    isExact: name === 'us-east-1',
    architecture,
  };
}

/** What the cheapest relay costs, for an offer: where it will run isn't known yet. */
export const CHEAPEST = {
  monthlyUSD: LIGHTSAIL_SIZES.nano.monthlyUSD,
  traffic: { includedGB: LIGHTSAIL_SIZES.nano.includedGB, perGBUSD: REGIONS['us-east-1'].lightsailPerGB },
} as const;
