import type { ComputedAnswer, NameInHostedZone } from '../../../model/hosted-zone.ts';
import type { RecordSet } from '../../../model/record-set.ts';
import type { RelayDns } from '../../../model/relay-plan.ts';
import type { NameInZone, SetAside, ZoneRecord } from '../../../model/zone-records.ts';
import type { DynamicHint } from '../../dns-records/dynamic-dns.ts';

/** What the zone of each name holds for it; null where the account has no zone for the name. */
export type Held =
  | { readonly provider: 'cloudflare'; readonly names: ReadonlyMap<string, NameInZone | null> }
  | { readonly provider: 'route53'; readonly names: ReadonlyMap<string, NameInHostedZone | null> }
  /** Nobody was asked: a person writes the records. */
  | { readonly provider: 'manual'; readonly names: readonly string[] };

/** What the user said about records that are there already. */
export interface DnsFlags {
  /** Take over records that the stack didn't make. */
  readonly adopt: boolean;
  /** Take over, although something else seems to keep them. */
  readonly ownContent: boolean;
  /** Put the A records that were there before back when the stack goes. */
  readonly restore: boolean;
}

/** What the stack has done in DNS so far, by its state; and its plan, by its configuration. */
export interface DnsSoFar {
  /** Something was provisioned: what the plan calls previous was there before the stack. */
  readonly started: boolean;
  /** The relay's address; null while there is none. */
  readonly address: string | null;
  /** Records at Cloudflare in the state. `adopted`: imported, not made. */
  readonly records: readonly { readonly recordId: string; readonly adopted: boolean }[];
  /** Names whose record set at Route 53 is in the state. */
  readonly sets: readonly { readonly name: string; readonly adopted: boolean }[];
  /** What the holders in the state hold. */
  readonly previous: readonly ZoneRecord[];
  readonly setAside: readonly SetAside[];
  readonly previousSets: readonly RecordSet[];
  /** The plan in the stack's configuration. */
  readonly dns: RelayDns | null;
}

export const NO_DNS_YET: DnsSoFar = {
  started: false,
  address: null,
  records: [],
  sets: [],
  previous: [],
  setAside: [],
  previousSets: [],
  dns: null,
};

/** One A record, or a set of them, that is there now. */
export interface FoundA {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Seconds; 1 is Cloudflare's "automatic". */
  readonly ttl: number;
  readonly comment: string | null;
}

/** Why no record is planned. */
export type DnsRefusal =
  | { readonly code: 'no-zone'; readonly name: string }
  /** A stack writes in one zone. */
  | {
      readonly code: 'several-zones';
      readonly zones: readonly { readonly zone: string; readonly names: readonly string[] }[];
    }
  /** The stack is up with its records elsewhere. */
  | { readonly code: 'moved'; readonly from: RelayDns }
  /** A name whose record was taken over is no longer the relay's, while the stack is up. */
  | { readonly code: 'adopted-name-left'; readonly name: string }
  | { readonly code: 'cname'; readonly name: string; readonly to: string }
  | { readonly code: 'delegated'; readonly name: string; readonly at: string }
  | { readonly code: 'proxied'; readonly name: string; readonly addresses: readonly string[] }
  | { readonly code: 'computed'; readonly name: string; readonly how: ComputedAnswer }
  | { readonly code: 'exists'; readonly found: FoundA }
  | { readonly code: 'dynamic'; readonly found: FoundA; readonly hints: readonly DynamicHint[] };

/** What a person should know before saying yes. */
export type DnsNote =
  /** The domain's name servers aren't the provider's: nobody sees what is written. */
  | { readonly code: 'zone-not-in-use'; readonly zone: string }
  | { readonly code: 'maybe-dynamic'; readonly found: FoundA; readonly hints: readonly DynamicHint[] }
  /** Made by the stack and gone from the zone: it is made again. */
  | { readonly code: 'made-again'; readonly name: string }
  /** The zone holds no AAAA for the name: IPv6 users come by the relay's IPv4 address or not at all. */
  | { readonly code: 'no-aaaa'; readonly name: string };

export type DnsDecision =
  | { readonly ok: true; readonly dns: RelayDns; readonly notes: readonly DnsNote[] }
  | { readonly ok: false; readonly refusals: readonly DnsRefusal[]; readonly notes: readonly DnsNote[] };

export interface DnsCase {
  readonly held: Held;
  readonly flags: DnsFlags;
  readonly stack: DnsSoFar;
  /** The A records that the diagnosis saw, by name; a name that it didn't look at isn't there. */
  readonly seen: ReadonlyMap<string, readonly string[]>;
  readonly stackName: string;
  readonly now: Date;
}

/** What is decided for one name: a record, and what was there before. */
export interface OneName<Record, Previous> {
  readonly record: Record | null;
  readonly captured: readonly Previous[];
  readonly setAside: readonly SetAside[];
  readonly refusals: readonly DnsRefusal[];
  readonly notes: readonly DnsNote[];
}
