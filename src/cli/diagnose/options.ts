import type { Vantage } from '../../model/evidence.ts';
import type { Target } from '../../model/target.ts';

/** A diagnosis as asked for: everything checked, nothing left to guess. */
export interface DiagnoseOptions {
  readonly target: Target;
  /** Where this runs, if the user said so. */
  readonly from: Vantage | null;
  /** Public IPv4 address given by the user; replaces what whoami services say. */
  readonly ipv4: string | null;
  /** Services that tell the public address; empty where none may be asked. */
  readonly whoami: readonly string[];
  /** Why `whoami` is empty, for the evidence. */
  readonly whoamiSkipped: 'not-consented' | 'not-applicable' | null;
  readonly outside: readonly OutsideAgent[];
}

export interface OutsideAgent {
  readonly url: string;
  readonly token: string;
  /** How evidence names it: host and port of the URL, without colons. */
  readonly label: string;
}

/**
 * Two services, run by different people, that answer with the caller's address as plain text over the family asked.
 * Source: icanhazip.com (operated by Cloudflare) and ident.me, both documented for scripts.
 */
export const PUBLIC_WHOAMI: readonly string[] = ['https://icanhazip.com', 'https://ident.me'];
