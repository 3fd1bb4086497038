import type { CaaSet } from '../../model/caa.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { HeldForCdn } from '../../model/hosted-name.ts';
import type { CdnFlags, CdnSoFar } from './outcome.ts';

export interface CdnCase {
  readonly diagnosis: Diagnosis;
  /** What the account holds; null where it has no zone for the name. */
  readonly held: HeldForCdn | null;
  /** A name that the user keeps, and the addresses that it has now; null where the stack makes one. */
  readonly givenOrigin: { readonly name: string; readonly addresses: readonly string[] } | null;
  /** The server answers HTTP on port 80 over IPv6. */
  readonly http: boolean;
  /** Whose certificates DNS allows for the name; null where it allows all, or wouldn't say. */
  readonly caa: CaaSet | null;
  readonly flags: CdnFlags;
  readonly stack: CdnSoFar;
  /** The mark of a new stack. */
  readonly id: string;
  readonly now: Date;
}
