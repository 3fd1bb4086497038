import { replies4 } from '../../model/view/host.ts';
import { answersSomewhere } from '../../model/view/way.ts';
import type { ConditionJudge } from './condition.ts';

/** What comes in over IPv4 is answered by another way, or not at all: no default route, or a VPN that takes it. */
export const repliesElsewhere: ConditionJudge = {
  code: 'replies-elsewhere',
  judge(the) {
    const replies = replies4(the);
    // Seen to work, the replies do come back, whichever way they take.
    if (answersSomewhere(the) !== null) return null;
    if (replies.state === 'no-route') {
      const because = [{ code: 'no-ipv4-route', args: { from: replies.from } }] as const;
      return { verdict: 'confirmed', because: [...because], evidence: [...replies.evidence], next: null };
    }
    if (replies.state !== 'elsewhere') return null;
    const { leavesBy, arrivesBy, tunnel } = replies;
    const because = [{ code: 'replies-leave-by', args: { interface: leavesBy, arrivesBy, tunnel } }] as const;
    return { verdict: 'confirmed', because: [...because], evidence: [...replies.evidence], next: null };
  },
};
