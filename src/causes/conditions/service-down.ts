import type { Finding } from '../../model/finding.ts';
import type { Case } from '../../model/view/case.ts';
import { listeningOf } from '../../model/view/host.ts';
import { servedSince } from '../../model/view/served.ts';
import { clientAddresses, reaches } from '../../model/view/service.ts';
import { runOnServer } from '../next.ts';
import { nothingListens } from '../sight.ts';
import type { ConditionJudge } from './condition.ts';

/** Nothing serves the port on either family, and nobody gets the service all the same: no way to it would help. */
export const serviceDown: ConditionJudge = {
  code: 'service-down',
  judge(the) {
    const { port } = the.target;
    const listening = listeningOf(the);
    if (nothingListens(listening)) {
      if (servedSince(the) !== null) return null;
      const because: Finding[] = [{ code: 'service-down', args: { port, families: ['ipv4', 'ipv6'] } }];
      return { verdict: 'confirmed', because, evidence: [...listening.evidence], next: null };
    }
    const refused = refusedOnBoth(the);
    if (listening.evidence.length > 0 || refused.length === 0) return null;
    const because: Finding[] = [{ code: 'refused-on-both', args: { port } }];
    return { verdict: 'suspected', because, evidence: refused, next: runOnServer(the) };
  },
};

/** Every look at both families is refused: nobody listens, or something on the way says so. */
function refusedOnBoth(the: Case): string[] {
  const refused = (family: 'ipv4' | 'ipv6') => {
    // Where a look starts, nothing of the service need listen: only where its clients go counts.
    const named = clientAddresses(the, family);
    const all = reaches(the, family).filter(({ facts }) => named.includes(facts.address));
    return all.length > 0 &&
      all.every(({ facts }) => facts.attempts.every(({ outcome }) => outcome === 'refused'))
      ? all
      : [];
  };
  const [four, six] = [refused('ipv4'), refused('ipv6')];
  return four.length > 0 && six.length > 0 ? [...four, ...six].map(({ id }) => id) : [];
}
