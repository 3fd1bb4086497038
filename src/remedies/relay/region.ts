import { REGIONS, type RegionName } from './prices.ts';

/** ms of a round trip from the server's line to a region. */
export interface RegionDistance {
  readonly region: RegionName;
  readonly ms: number;
}

/** Why a relay stands where it does. */
export type RegionChoice =
  | { readonly why: 'told' }
  /** The stack's earlier plan says so. */
  | { readonly why: 'kept' }
  /** The nearest, and what comes next; ms. */
  | {
      readonly why: 'nearest';
      readonly ms: number;
      readonly next: RegionDistance | null;
      readonly of: number;
    };

/** Two hosts of the cloud in each region, which answer on port 443: the first one also over IPv6 (AWS general reference, "EC2 endpoints"). */
export const regionHosts = (region: RegionName): readonly string[] => [
  `ec2.${region}.api.aws`,
  `ec2.${region}.amazonaws.com`,
];

export const placeOf = (region: string): string =>
  Object.hasOwn(REGIONS, region) ? REGIONS[region as RegionName].place : region;

/** The nearest region; null where none answered. */
export function nearestRegion(
  measured: readonly RegionDistance[],
): { readonly region: RegionName; readonly choice: RegionChoice } | null {
  const [best, next] = measured.toSorted((one, other) => one.ms - other.ms);
  return best === undefined
    ? null
    : {
        region: best.region,
        choice: { why: 'nearest', ms: best.ms, next: next ?? null, of: measured.length },
      };
}
