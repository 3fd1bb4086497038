import type { LightsailOffer } from '../../model/lightsail-offer.ts';
import type { RelayHost, RelayPlan } from '../../model/relay-plan.ts';
import { bundleIdOf, ec2Price, isRegion, lightsailPrice, REGIONS, SIZES } from './prices.ts';

export interface HostWish {
  readonly kind: RelayHost['kind'];
  readonly region: string;
  /** Null for the smallest, or the one of the earlier plan. */
  readonly size: string | null;
  /** Null where nobody could ask: then the table in prices.ts counts. */
  readonly offered: LightsailOffer | null;
  /** The earlier plan's host: what needn't change doesn't, for each change is a new host. */
  readonly earlier: RelayHost | null;
}

export type HostRefusal =
  | { readonly code: 'unknown-region'; readonly region: string; readonly known: readonly string[] }
  | { readonly code: 'unknown-size'; readonly size: string; readonly known: readonly string[] }
  | { readonly code: 'no-zone'; readonly region: string }
  | { readonly code: 'no-debian'; readonly region: string };

export type HostDecision =
  | {
      readonly ok: true;
      readonly host: RelayHost;
      readonly size: string;
      readonly price: Pick<RelayPlan, 'monthlyUSD' | 'traffic'>;
      /** False where the price is that of another region. */
      readonly isExact: boolean;
    }
  | { readonly ok: false; readonly refusal: HostRefusal };

const no = (refusal: HostRefusal): HostDecision => ({ ok: false, refusal });

/** Which host is rented, and what it costs. */
export function decideHost(wish: HostWish): HostDecision {
  if (!isRegion(wish.region)) {
    return no({ code: 'unknown-region', region: wish.region, known: Object.keys(REGIONS) });
  }
  return wish.kind === 'ec2' ? decideEc2(wish, wish.region) : decideLightsail(wish, wish.region);
}

const SMALLEST_EC2 = 't4g.nano';

function decideEc2({ size, earlier }: HostWish, region: keyof typeof REGIONS): HostDecision {
  const before = earlier?.kind === 'ec2' ? earlier.instanceType : null;
  const instanceType = size ?? before ?? SMALLEST_EC2;
  const price = ec2Price(region, instanceType);
  if (price === null) return no({ code: 'unknown-size', size: instanceType, known: SIZES.ec2 });
  const { monthlyUSD, traffic, isExact, architecture } = price;
  return {
    ok: true,
    host: { kind: 'ec2', region, instanceType, architecture },
    size: instanceType,
    price: { monthlyUSD, traffic },
    isExact,
  };
}

/** The image that the table has: Debian's stable of the time when it was made. */
const DEBIAN = 'debian_12';

function decideLightsail({ size, offered, earlier }: HostWish, region: keyof typeof REGIONS): HostDecision {
  const before = earlier?.kind === 'lightsail' && earlier.region === region ? earlier : null;
  const bundles = offered?.bundles ?? fromTable(region);
  const chosen =
    size === null
      ? (bundles.find(({ id }) => id === before?.bundleId) ?? cheapest(bundles))
      : bundles.find((bundle) => bundle.size === size || bundle.id === size);
  if (chosen === undefined) {
    return no({
      code: 'unknown-size',
      size: size ?? 'nano',
      known: [...new Set(bundles.map((bundle) => bundle.size))],
    });
  }
  const zones = offered?.zones ?? [before?.availabilityZone ?? `${region}a`];
  const zone = zones.find((each) => each === before?.availabilityZone) ?? zones[0];
  if (zone === undefined) return no({ code: 'no-zone', region });
  const debians = offered?.debians ?? [before?.blueprintId ?? DEBIAN];
  const debian = debians.find((each) => each === before?.blueprintId) ?? debians[0];
  if (debian === undefined) return no({ code: 'no-debian', region });
  return {
    ok: true,
    host: {
      kind: 'lightsail',
      region,
      availabilityZone: zone,
      bundleId: chosen.id,
      blueprintId: debian,
    },
    size: chosen.size,
    price: {
      monthlyUSD: chosen.monthlyUSD,
      traffic: { includedGB: chosen.includedGB, perGBUSD: REGIONS[region].lightsailPerGB },
    },
    isExact: true,
  };
}

const cheapest = (bundles: LightsailOffer['bundles']): LightsailOffer['bundles'][number] | undefined =>
  bundles.toSorted((one, other) => one.monthlyUSD - other.monthlyUSD)[0];

const fromTable = (region: keyof typeof REGIONS): LightsailOffer['bundles'] =>
  SIZES.lightsail.flatMap((size) => {
    const price = lightsailPrice(region, size);
    if (price === null) return [];
    const { monthlyUSD, traffic } = price;
    return [{ id: bundleIdOf(region, size), size, monthlyUSD, includedGB: traffic.includedGB }];
  });
