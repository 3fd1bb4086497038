import type { Condition, ConditionCode } from '../../model/diagnosis.ts';
import type { Case } from '../../model/view/case.ts';

/** Something that is told apart from the causes: null where nothing speaks for it. */
export interface ConditionJudge {
  readonly code: ConditionCode;
  judge(the: Case): Omit<Condition, 'condition'> | null;
}
