import { repeatLater } from '../../causes/next.ts';
import type { Condition, Verdict } from '../../model/diagnosis.ts';
import type { Agreement } from '../../model/view/agreement.ts';
import type { Case } from '../../model/view/case.ts';

const WEAKER = {
  confirmed: 'suspected',
  'ruled-out': 'unknown',
  suspected: 'suspected',
  unknown: 'unknown',
} as const;

/** Nothing is certain that rests on evidence which is contradicted, or old beside the rest. */
export function weighed(verdict: Verdict, { doubtful }: Agreement, the: Case): Verdict {
  if (!verdict.evidence.some((id) => doubtful.has(id))) return verdict;
  const weaker = WEAKER[verdict.verdict];
  return weaker === verdict.verdict
    ? verdict
    : { ...verdict, verdict: weaker, next: verdict.next ?? repeatLater(the) };
}

export function weighedCondition(condition: Condition, { doubtful }: Agreement, the: Case): Condition {
  const isDoubtful = condition.evidence.some((id) => doubtful.has(id));
  return isDoubtful && condition.verdict === 'confirmed'
    ? { ...condition, verdict: 'suspected', next: condition.next ?? repeatLater(the) }
    : condition;
}
