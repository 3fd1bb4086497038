import type { Case } from '../model/view/case.ts';
import { type Cause, combine } from './cause.ts';
import { judgeA } from './dns/a-record.ts';
import { judgeAaaa } from './dns/aaaa-record.ts';
import { judgeCaches } from './dns/caches.ts';
import { judgeZone } from './dns/zone.ts';

/**
 * The name's records don't lead to the server: A missing, wrong, or told differently by those who are asked.
 * AAAA is judged too, because IPv6 is what the server is known to work by.
 */
export const dns: Cause = {
  code: 'dns',
  judge(the) {
    if (the.target.hostKind !== 'name') return literal(the);
    const zone = judgeZone(the);
    // Where the zone itself gives no answer, nothing can be said of its records.
    if (zone.settled) return combine('dns', [zone.opinion, ...judgeCaches(the)]);
    return combine('dns', [
      judgeA(the),
      ...judgeAaaa(the),
      ...judgeCaches(the),
      ...(zone.opinion.because.length > 0 ? [zone.opinion] : []),
    ]);
  },
};

const literal = (the: Case) =>
  combine('dns', [
    {
      verdict: 'ruled-out',
      because: [{ code: 'target-is-address', args: { address: the.target.host } }],
      evidence: [],
      next: null,
    },
  ]);
