import type { CauseCode } from '../../model/cause-code.ts';
import type { Condition, ConditionCode, Verdict } from '../../model/diagnosis.ts';
import type { Case } from '../../model/view/case.ts';
import { reachability } from '../../model/view/reachability.ts';
import type { ConditionJudge } from './condition.ts';
import { flakyPath } from './flaky-path.ts';
import { ipv6Broken } from './ipv6-broken.ts';
import { repliesElsewhere } from './replies-elsewhere.ts';
import { serviceDown } from './service-down.ts';

const JUDGES = {
  'service-down': serviceDown,
  'ipv6-broken': ipv6Broken,
  'flaky-path': flakyPath,
  'replies-elsewhere': repliesElsewhere,
} satisfies Record<Exclude<ConditionCode, 'healthy'>, ConditionJudge>;

/** Works for visitors; what fails at home only doesn't make it ill. */
const HARMLESS: readonly CauseCode[] = ['hairpin'];

/** What is told apart from the causes. */
export function conditionsOf(the: Case, verdicts: readonly Verdict[]): Condition[] {
  const each = Object.values(JUDGES).flatMap(({ code, judge }) => {
    const condition = judge(the);
    return condition === null ? [] : [{ condition: code, ...condition }];
  });
  // Where nothing listens, IPv6 fails for no reason of its own.
  const isDown = each.some(
    ({ condition, verdict }) => condition === 'service-down' && verdict === 'confirmed',
  );
  const found = each.filter(({ condition }) => condition !== 'ipv6-broken' || !isDown);
  const works = reachability(the, 'ipv4') === 'yes' && reachability(the, 'ipv6') === 'yes';
  const named = verdicts.some(
    ({ cause, verdict }) => !HARMLESS.includes(cause) && (verdict === 'confirmed' || verdict === 'suspected'),
  );
  if (!works || named || found.length > 0) return found;
  return [
    {
      condition: 'healthy',
      verdict: 'confirmed',
      because: [{ code: 'works-everywhere', args: {} }],
      evidence: [],
      next: null,
    },
  ];
}
