import type { ARecordPlan } from '../../model/plan.ts';
import type { FoundRecord, PlannedRecord, SetAside, ZoneRecord } from '../../model/zone-records.ts';
import type { DynamicHint } from '../dns-records/dynamic-dns.ts';

/** Why nothing is planned. The sentences are in `cli/stack/text.ts`. */
export type Refusal =
  | { readonly code: 'no-offer' }
  /** The address was not seen to answer as the service does over IPv6, or isn't a public one. */
  | { readonly code: 'unproven'; readonly type: PlannedRecord['type']; readonly address: string }
  | { readonly code: 'no-zone'; readonly name: string; readonly aliasOf: string | null }
  | { readonly code: 'cname'; readonly name: string; readonly to: string }
  | { readonly code: 'delegated'; readonly name: string; readonly at: string }
  | { readonly code: 'proxied'; readonly records: readonly FoundRecord[] }
  | { readonly code: 'exists'; readonly records: readonly FoundRecord[]; readonly to: string }
  | { readonly code: 'dynamic'; readonly record: FoundRecord; readonly hints: readonly DynamicHint[] }
  | { readonly code: 'already-right'; readonly records: readonly FoundRecord[] };

/** What a person should know before saying yes. */
export type Note =
  | { readonly code: 'zone-not-active'; readonly zone: string; readonly status: string }
  | { readonly code: 'seen-inside-only'; readonly address: string }
  | { readonly code: 'maybe-dynamic'; readonly record: FoundRecord; readonly hints: readonly DynamicHint[] }
  | { readonly code: 'content-left'; readonly record: FoundRecord }
  /** Another record of the name that isn't known to be wrong: stays as it is. */
  | { readonly code: 'left-alone'; readonly record: FoundRecord }
  /** It comes back when the stack goes, though the diagnosis found it wrong. */
  | { readonly code: 'comes-back-wrong'; readonly record: ZoneRecord; readonly avoidable: boolean }
  /** Made by the stack and gone from the zone: it is made again. */
  | { readonly code: 'made-again'; readonly type: PlannedRecord['type']; readonly name: string };

export type Decision =
  | { readonly ok: true; readonly plan: ARecordPlan; readonly notes: readonly Note[] }
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
  /** The plan in the stack's configuration. */
  readonly plan: ARecordPlan | null;
}

export const NEW_STACK: StackSoFar = { started: false, records: [], previous: [], setAside: [], plan: null };
