import type { CauseCode } from '../../model/cause-code.ts';
import type { Condition, Verdict } from '../../model/diagnosis.ts';
import type { Case } from '../../model/view/case.ts';
import { reachability } from '../../model/view/reachability.ts';
import { reaches, stateOf } from '../../model/view/service.ts';

/** Works for visitors; what fails at home only doesn't make it ill. */
const HARMLESS: readonly CauseCode[] = ['hairpin'];

/** Visitors get the service over both families, and nothing is wrong but what fails at home only. */
export const healthy = {
  code: 'healthy',
  judge(the: Case, verdicts: readonly Verdict[]): Omit<Condition, 'condition'> | null {
    const works = reachability(the, 'ipv4') === 'yes' && reachability(the, 'ipv6') === 'yes';
    const named = verdicts.some(
      ({ cause, verdict }) =>
        !HARMLESS.includes(cause) && (verdict === 'confirmed' || verdict === 'suspected'),
    );
    if (!works || named) return null;
    return {
      verdict: 'confirmed',
      because: [{ code: 'works-everywhere', args: {} }],
      evidence: answering(the),
      next: null,
    };
  },
} as const;

/** The looks from outside that got the service: it is as sure as they are. */
const answering = (the: Case): string[] =>
  reaches(the)
    .filter((item) => item.vantage === 'outside' && stateOf(the, item) === 'answers')
    .map(({ id }) => id);
