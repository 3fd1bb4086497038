import type { Plan } from '../../model/plan.ts';
import type { Flags } from '../../remedies/a-record/outcome.ts';
import type { CdnOptions } from './cdn/options.ts';
import type { RelayOptions } from './relay/options.ts';

/** What `reach4 plan` is told. */
export interface PlanOptions extends Flags {
  readonly remedy: Plan['remedy'];
  /** `--diagnosis FILE`; without it, the last one of this folder. */
  readonly diagnosis: string | null;
  readonly stack: string | null;
  readonly backend: string | null;
  readonly passphraseFile: string | null;
  readonly relay: RelayOptions;
  readonly cdn: CdnOptions;
}
