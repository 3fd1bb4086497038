import type { CaaSet } from '../../model/caa.ts';
import type { CdnPlan, HostedSet } from '../../model/cdn-plan.ts';
import type { LostPorts } from '../../model/lost-port.ts';
import type { DynamicHint } from '../dns-records/dynamic-dns.ts';

/** Why nothing is planned. The sentences are in `cli/stack/cdn/text.ts`. */
export type CdnRefusal =
  | { readonly code: 'not-web' }
  | { readonly code: 'certificate'; readonly name: string }
  | { readonly code: 'unproven'; readonly name: string }
  /** CAA records let others issue certificates for the name, and not Amazon. */
  | { readonly code: 'caa'; readonly name: string; readonly set: CaaSet }
  | { readonly code: 'no-zone'; readonly name: string }
  /** The diagnosis is of another host than the stack. */
  | { readonly code: 'other-host'; readonly host: string; readonly name: string }
  | { readonly code: 'moved'; readonly from: CdnPlan }
  | { readonly code: 'cname'; readonly name: string; readonly to: string }
  | { readonly code: 'delegated'; readonly name: string; readonly at: string }
  | { readonly code: 'computed'; readonly name: string; readonly type: 'A' | 'AAAA'; readonly how: string }
  /** The zone holds no AAAA that could come back, though the name has one. */
  | { readonly code: 'no-aaaa'; readonly name: string }
  | { readonly code: 'exists'; readonly name: string; readonly sets: readonly HostedSet[] }
  | {
      readonly code: 'dynamic';
      readonly name: string;
      readonly set: HostedSet;
      readonly hints: readonly DynamicHint[];
    }
  /** Something stands at the origin's name already. */
  | { readonly code: 'origin-taken'; readonly name: string; readonly what: string }
  /** What is no web, and would no longer be reached under the name. */
  | {
      readonly code: 'loses-ports';
      readonly name: string;
      readonly lost: LostPorts;
      /** Over IPv4 alone: the AAAA stays as it is. */
      readonly ipv4Only: boolean;
    }
  | { readonly code: 'origin-itself'; readonly name: string }
  /** The user's own name for the origin doesn't lead to where the service was seen. */
  | { readonly code: 'origin-elsewhere'; readonly name: string; readonly addresses: readonly string[] };

/** What a person should know before saying yes. */
export type CdnNote =
  /** The certificate was issued before the CAA records came; it won't be renewed. */
  | { readonly code: 'caa'; readonly name: string; readonly set: CaaSet }
  | { readonly code: 'zone-not-in-use'; readonly zone: string }
  | {
      readonly code: 'maybe-dynamic';
      readonly name: string;
      readonly set: HostedSet;
      readonly hints: readonly DynamicHint[];
    }
  | { readonly code: 'no-http'; readonly name: string }
  | { readonly code: 'http-only'; readonly name: string }
  /** The server wasn't seen again: the address of the earlier plan stays. */
  | { readonly code: 'origin-kept'; readonly addresses: readonly string[] }
  | { readonly code: 'seen-inside-only'; readonly addresses: readonly string[] };

export type CdnDecision =
  | { readonly ok: true; readonly plan: CdnPlan; readonly notes: readonly CdnNote[] }
  | { readonly ok: false; readonly refusals: readonly CdnRefusal[]; readonly notes: readonly CdnNote[] };

/** What the user said. */
export interface CdnFlags {
  readonly adopt: boolean;
  readonly ownContent: boolean;
  readonly restore: boolean;
  /** Leave IPv6 visitors, and so the AAAA record, as they are. */
  readonly ipv4Only: boolean;
  /** What is no web may stop working under the name. */
  readonly yesLosePorts: boolean;
}

/** What the stack has done so far. */
export interface CdnSoFar {
  readonly started: boolean;
  /** Types of the name at which an alias may be the stack's, also one that was never recorded. */
  readonly held: readonly ('A' | 'AAAA')[];
  /** Those of them that are known to have been written. */
  readonly recorded: readonly ('A' | 'AAAA')[];
  /** Sets that are in the state to come back. */
  readonly previous: readonly HostedSet[];
  /** The origin's record is the stack's. */
  readonly holdsOrigin: boolean;
  /** The plan in the stack's configuration. */
  readonly plan: CdnPlan | null;
}

export const NEW_CDN: CdnSoFar = {
  started: false,
  held: [],
  recorded: [],
  previous: [],
  holdsOrigin: false,
  plan: null,
};
