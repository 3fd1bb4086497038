import { UserError } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import type { Flags } from '../../remedies/a-record/outcome.ts';
import type { RelayOptions } from './relay/options.ts';
import type { TunnelOptions } from './tunnel/options.ts';

/** A flag that only some remedies take. */
export interface FlagOf {
  readonly flag: string;
  readonly of: readonly Plan['remedy'][];
  /** What it prints is for another program, so nothing else is printed: the remedy has to be named. */
  readonly alone?: true;
}

/** @param remedy null where none was named. @throws UserError where a flag was given that it would ignore */
export function refuseOthers(flags: readonly FlagOf[], remedy: Plan['remedy'] | null): void {
  for (const { flag, of } of flags) {
    if (remedy !== null && of.includes(remedy)) continue;
    const theirs = of.map((code) => `--remedy ${code}`).join(' or ');
    throw new UserError(
      remedy === null
        ? `${flag} is for some remedies only; expected ${theirs} with it.`
        : `${flag} can't be used for ${remedy}; expected ${theirs} with it.`,
    );
  }
}

/** What `reach4 plan` is told. */
export interface PlanOptions extends Flags {
  /** `--remedy`; without it, the one that the stack is up with, or one that is chosen. */
  readonly remedy: Plan['remedy'] | null;
  /** `--yes`: the first that fits is chosen. */
  readonly yes: boolean;
  /** Flags that were given and that another remedy than theirs would ignore. */
  readonly only: readonly FlagOf[];
  /** `--diagnosis FILE`; without it, the last one of this folder. */
  readonly diagnosis: string | null;
  readonly stack: string | null;
  readonly backend: string | null;
  readonly passphraseFile: string | null;
  /** `--yes-lose-ports`: what is no web may stop working under the name. */
  readonly yesLosePorts: boolean;
  readonly relay: RelayOptions;
  readonly tunnel: TunnelOptions;
}
