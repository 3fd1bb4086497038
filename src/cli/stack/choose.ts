import type { Choices, Fit } from '../../model/choice.ts';
import { isProvisioned } from '../../model/choice.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import { Interrupted } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import { choicesFor } from '../../remedies/choices.ts';
import { choicesText, howToChoose } from '../../report/choices.ts';
import { DOES, offerFacts } from '../../report/offers.ts';
import type { StackContext } from './context.ts';
import { type PlanOptions, refuseOthers } from './plan-options.ts';

type Code = Plan['remedy'];

interface ToChoose {
  readonly diagnosis: Diagnosis;
  readonly options: Pick<PlanOptions, 'remedy' | 'yes' | 'only'>;
  /** What the stack is up with; null where it isn't. */
  readonly upWith: Code | null;
}

/**
 * Which remedy is planned: the one that was named; else the one that the stack is up with; else one of those that fit,
 * which are shown. Null where nothing was chosen, which was said.
 * @throws UserError where a flag would be ignored; Interrupted where the user breaks off
 */
export async function settleRemedy(
  { diagnosis, options, upWith }: ToChoose,
  { io, env, choose }: Pick<StackContext, 'io' | 'env' | 'choose'>,
): Promise<Code | null> {
  const named = options.remedy ?? upWith;
  if (named !== null) {
    refuseOthers(options.only, named);
    return named;
  }
  refuseOthers(
    options.only.filter(({ alone }) => alone === true),
    null,
  );
  const choices = choicesFor(diagnosis);
  const [first, ...others] = plannable(choices).filter(({ code }) =>
    options.only.every(({ of }) => of.includes(code)),
  );
  if (first === undefined) refuseOthers(options.only, null);
  const isSet = (variable: string): boolean => (env[variable] ?? '').trim() !== '';
  io.out(choicesText({ diagnosis, choices, isSet }, io.page));
  if (first === undefined || (!options.yes && choose === undefined)) {
    io.out(howToChoose(choices, diagnosis, io.page));
    return null;
  }
  if (options.yes || choose === undefined) {
    io.out(`\nTaken: ${first.code}, the first of those that reach4 can make.\n\n`);
    return first.code;
  }
  const all = [first, ...others];
  const answer = await choose(
    'Which one is planned? Nothing is made or changed by it.',
    all.map(({ code, fit }) => ({ value: code, label: code, hint: hintOf(fit) })),
  );
  const chosen = all.find(({ code }) => code === answer);
  if (chosen === undefined) {
    io.out('Nothing has been written or changed.\n');
    throw new Interrupted();
  }
  return chosen.code;
}

const plannable = ({ fits }: Choices): { readonly code: Code; readonly fit: Fit }[] =>
  fits.flatMap((fit) =>
    fit.how === 'planned' && isProvisioned(fit.offer.remedy) ? [{ code: fit.offer.remedy, fit }] : [],
  );

const hintOf = ({ offer }: Fit): string => `${DOES[offer.remedy]}, ${offerFacts(offer)[0]}`;
