import type { Condition, ConditionCode, Verdict } from '../../model/diagnosis.ts';
import type { Case } from '../../model/view/case.ts';
import type { ConditionJudge } from './condition.ts';
import { flakyPath } from './flaky-path.ts';
import { healthy } from './healthy.ts';
import { ipv6Broken } from './ipv6-broken.ts';
import { repliesElsewhere } from './replies-elsewhere.ts';
import { serviceDown } from './service-down.ts';

const JUDGES = {
  'service-down': serviceDown,
  'ipv6-broken': ipv6Broken,
  'flaky-path': flakyPath,
  'replies-elsewhere': repliesElsewhere,
} satisfies Record<Exclude<ConditionCode, 'healthy'>, ConditionJudge>;

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
  const well = found.length === 0 ? healthy.judge(the, verdicts) : null;
  return well === null ? found : [{ condition: healthy.code, ...well }];
}
