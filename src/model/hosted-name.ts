import type { HostedSet } from './cdn-plan.ts';
import type { HostedZone } from './hosted-zone.ts';

/** What a zone of Route 53 holds for one name. */
export interface HeldName {
  readonly name: string;
  /** Sets that are simply addresses. */
  readonly sets: readonly HostedSet[];
  /** Types whose answer Route 53 computes: an alias, or a set with a routing policy. */
  readonly computed: readonly {
    readonly type: 'A' | 'AAAA';
    readonly how: 'an alias' | 'under a routing policy';
  }[];
  readonly cname: string | null;
  readonly delegatedAt: string | null;
}

/** What the zone holds for the two names of a distribution. */
export interface HeldForCdn {
  readonly zone: HostedZone;
  readonly name: HeldName;
  readonly origin: HeldName;
}
