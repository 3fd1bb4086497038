import type { Family } from '../../../model/address.ts';
import type { Range } from '../../firewall/ranges.ts';

/** Whom one side of a rule is about, before a possible `!`. */
export type Who =
  | { readonly kind: 'any' }
  | { readonly kind: 'range'; readonly family: Family; readonly range: Range }
  | { readonly kind: 'table'; readonly name: string }
  /** `(en0)`, `(en0:network)`: what the interface has at the moment. */
  | { readonly kind: 'interface'; readonly name: string; readonly network: boolean }
  | { readonly kind: 'unknown' };

export interface Side {
  readonly who: Who;
  readonly not: boolean;
  /** Null for any. */
  readonly ports: readonly Range[] | null | 'unknown';
}

/** One rule as `pfctl -sr` or `pfctl -sn` prints it. */
export interface PfRule {
  readonly text: string;
  readonly action:
    | 'pass'
    | 'block'
    | 'anchor'
    | 'rdr'
    | 'no rdr'
    | 'rdr-anchor'
    | 'nat'
    | 'no nat'
    | 'nat-anchor'
    | 'binat'
    | 'binat-anchor'
    | 'unknown';
  /** Of `block`: an answer is sent. */
  readonly returns: boolean;
  /** Of a translation: what it translates passes the filter unseen. */
  readonly passes: boolean;
  readonly direction: 'in' | 'out' | null;
  readonly quick: boolean;
  readonly interface: { readonly name: string; readonly not: boolean } | null;
  readonly family: Family | null;
  readonly protocol: string | null;
  readonly from: Side;
  readonly to: Side;
  /** Which TCP flags have to be set, and which are looked at; null for any. */
  readonly flags: { readonly set: string; readonly of: string } | null;
  readonly keepsState: boolean;
  /** It is for fragments only: never for a whole packet. */
  readonly fragment: boolean;
  /** Part of the rule decides by something that can't be told from here, or isn't understood. */
  readonly unclear: boolean;
  /** What it does with the packet isn't simply its action: `route-to`, `divert-to`. */
  readonly diverts: boolean;
  /** Of `anchor`: its name as it was called, and what stands in braces behind it. */
  readonly anchor: string | null;
  readonly body: readonly PfRule[] | null;
  /** Of `rdr`: null where it isn't one address. */
  readonly target: { readonly address: string; readonly port: number | null } | null;
}

export const anyone: Side = { who: { kind: 'any' }, not: false, ports: null };

/** A rule that is there but says nothing yet: the parser's beginning. */
export const plain: PfRule = {
  text: '',
  action: 'unknown',
  returns: false,
  passes: false,
  direction: null,
  quick: false,
  interface: null,
  family: null,
  protocol: null,
  from: anyone,
  to: anyone,
  flags: null,
  keepsState: false,
  fragment: false,
  unclear: false,
  diverts: false,
  anchor: null,
  body: null,
  target: null,
};
