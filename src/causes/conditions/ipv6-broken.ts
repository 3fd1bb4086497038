import type { Case } from '../../model/view/case.ts';
import { clientAddresses, control, reaches, stateOf } from '../../model/view/service.ts';
import { lookFromOutside } from '../next.ts';
import type { ConditionJudge } from './condition.ts';

/** IPv6, the control, fails as well: what keeps IPv4 out may keep IPv6 out, or be another problem. */
export const ipv6Broken: ConditionJudge = {
  code: 'ipv6-broken',
  judge(the) {
    const known = control(the);
    const named = clientAddresses(the, 'ipv6');
    const all = reaches(the, 'ipv6')
      .filter(({ facts }) => named.includes(facts.address))
      .map((item) => ({ item, state: stateOf(the, item, known) }));
    const outside = all.filter(({ item }) => item.vantage === 'outside');
    const from = outside.length > 0 ? outside : all;
    const failing = from.filter(({ state }) => state === 'dead');
    const [first] = failing;
    if (first === undefined || failing.length < from.filter(({ state }) => state !== 'not-tried').length)
      return null;
    const { address, attempts } = first.item.facts;
    return {
      verdict: outside.length > 0 ? 'confirmed' : 'suspected',
      because: [
        {
          code: 'ipv6-fails',
          args: {
            address,
            vantage: first.item.vantage,
            outcome: attempts[0]?.outcome ?? 'timed-out',
            tries: attempts.length,
          },
        },
      ],
      evidence: failing.map(({ item }) => item.id),
      next: outside.length > 0 ? null : nextLook(the),
    };
  },
};

const nextLook = (the: Case) => (the.vantage === 'outside' ? null : lookFromOutside(the));
