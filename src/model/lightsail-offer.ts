/** What Lightsail has in a region, as far as a relay needs it. */
export interface LightsailOffer {
  /** Availability zones that take new hosts: `eu-central-1a`. */
  readonly zones: readonly string[];
  /** Plans for Linux with a public IPv4 address. */
  readonly bundles: readonly {
    readonly id: string;
    /** `nano` */
    readonly size: string;
    readonly monthlyUSD: number;
    readonly includedGB: number;
  }[];
  /** Ids of Debian's images, the newest first. */
  readonly debians: readonly string[];
}
