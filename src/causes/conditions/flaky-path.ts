import type { Finding } from '../../model/finding.ts';
import { reaches } from '../../model/view/service.ts';
import { repeatLater } from '../next.ts';
import type { ConditionJudge } from './condition.ts';

/** Some tries get through and some don't: no rule does that, a bad path does. */
export const flakyPath: ConditionJudge = {
  code: 'flaky-path',
  judge(the) {
    const mixed = reaches(the).filter(({ facts }) => {
      const connected = facts.attempts.filter(({ outcome }) => outcome === 'connected').length;
      return connected > 0 && connected < facts.attempts.length;
    });
    if (mixed.length === 0) return null;
    return {
      verdict: mixed.length > 1 ? 'confirmed' : 'suspected',
      because: mixed.map(({ vantage, facts }): Finding => {
        const { family, address, attempts } = facts;
        const connected = attempts.filter(({ outcome }) => outcome === 'connected').length;
        return { code: 'path-flaky', args: { family, address, vantage, connected, tries: attempts.length } };
      }),
      evidence: mixed.map(({ id }) => id),
      next: repeatLater(the),
    };
  },
};
