import type { ComputedAnswer } from '../../model/hosted-zone.ts';
import type { ARecordPlan, RecordsAtCloudflare } from '../../model/plan.ts';
import type { AddressType } from '../../model/record-set.ts';
import type { SetAside, ZoneRecord } from '../../model/zone-records.ts';
import type { DynamicHint } from '../dns-records/dynamic-dns.ts';

/** What there is to say of a record, or of a set of them at Route 53. */
export interface RecordShown {
  readonly type: AddressType;
  readonly name: string;
  /** An address; those of a set with commas between them. */
  readonly content: string;
  readonly ttl: number;
  readonly comment: string | null;
}

/** Why nothing is planned. The sentences are in `cli/stack/text.ts`. */
export type Refusal =
  | { readonly code: 'no-offer' }
  /** The address was not seen to answer as the service does over IPv6, or isn't a public one. */
  | { readonly code: 'unproven'; readonly type: AddressType; readonly address: string }
  | { readonly code: 'no-zone'; readonly name: string; readonly aliasOf: string | null }
  | { readonly code: 'cname'; readonly name: string; readonly to: string }
  | { readonly code: 'delegated'; readonly name: string; readonly at: string }
  /** Route 53 computes the answer: no plain addresses that could be kept and put back. */
  | {
      readonly code: 'computed';
      readonly type: AddressType;
      readonly name: string;
      readonly how: ComputedAnswer;
    }
  /** The stack is up with its records elsewhere. */
  | { readonly code: 'moved'; readonly from: Whereabouts }
  | { readonly code: 'proxied'; readonly records: readonly RecordShown[] }
  | { readonly code: 'exists'; readonly records: readonly RecordShown[]; readonly to: string }
  | { readonly code: 'dynamic'; readonly record: RecordShown; readonly hints: readonly DynamicHint[] }
  | { readonly code: 'already-right'; readonly records: readonly RecordShown[] };

/** What a person should know before saying yes. */
export type Note =
  | { readonly code: 'zone-not-active'; readonly zone: string; readonly status: string }
  /** The domain's name servers aren't those of the zone: nobody sees what is written. */
  | { readonly code: 'zone-not-in-use'; readonly zone: string }
  | { readonly code: 'seen-inside-only'; readonly address: string }
  | { readonly code: 'maybe-dynamic'; readonly record: RecordShown; readonly hints: readonly DynamicHint[] }
  | { readonly code: 'content-left'; readonly record: RecordShown }
  /** Another record of the name that isn't known to be wrong: stays as it is. */
  | { readonly code: 'left-alone'; readonly record: RecordShown }
  /** It comes back when the stack goes, though the diagnosis found it wrong. */
  | { readonly code: 'comes-back-wrong'; readonly record: RecordShown; readonly avoidable: boolean }
  /** Made by the stack and gone from the zone: it is made again. */
  | { readonly code: 'made-again'; readonly type: AddressType; readonly name: string };

/** Where the records of a stack are that is up. */
export interface Whereabouts {
  readonly provider: ARecordPlan['provider'];
  readonly name: string;
  /** Its name, or its id where only the state knows it. */
  readonly zone: string;
}

export type Decision<Plan extends ARecordPlan = ARecordPlan> =
  | { readonly ok: true; readonly plan: Plan; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly refusals: readonly Refusal[]; readonly notes: readonly Note[] };

/** What the user said about records that are there already. */
export interface Flags {
  /** Take over records that the stack didn't make. */
  readonly adopt: boolean;
  /** Take over, but leave the address to whatever keeps it. */
  readonly leaveContent: boolean;
  /** Take over, and own the address although something else seems to keep it. */
  readonly ownContent: boolean;
  /** Put the A records that were there before back when the stack goes. */
  readonly restore: boolean;
}

/** What the stack has done so far, from its state; and its plan, from its configuration. */
export interface StackSoFar {
  /** Something was provisioned: what the plan calls previous was there before the stack. */
  readonly started: boolean;
  /** The records in the state. `adopted`: imported, not made. */
  readonly records: readonly { readonly recordId: string; readonly adopted: boolean }[];
  readonly previous: readonly ZoneRecord[];
  readonly setAside: readonly SetAside[];
  /** Ids of records that were found as planned, and taken over. */
  readonly taken: readonly string[];
  /** The plan in the stack's configuration. */
  readonly plan: RecordsAtCloudflare | null;
}

export const NEW_STACK: StackSoFar = {
  started: false,
  records: [],
  previous: [],
  setAside: [],
  taken: [],
  plan: null,
};
