import type { Next } from '../model/diagnosis.ts';
import type { Finding } from '../model/finding.ts';
import type { Arrival } from '../model/view/arrival.ts';
import type { Case } from '../model/view/case.ts';
import { toldRouterFirewall } from '../model/view/forward.ts';
import { onServer, reasonOnServer } from '../model/view/home.ts';
import type { Reach } from '../model/view/reach-seen.ts';
import type { Look } from '../model/view/way.ts';
import { fixFirst, installTool, readForward, readRouterFirewall, runAsRoot, runOnServer } from './next.ts';
import type { Sight } from './sight.ts';

/** That a look over UDP got no answer, where that alone says nothing. */
export function silence({ facts, udp, vantage }: Reach): Finding[] {
  const { address, port, attempts } = facts;
  if (udp === undefined) return [];
  return [{ code: 'udp-silent', args: { address, port, vantage, tries: attempts.length, protocol: udp } }];
}

/** What never came here, while the same over IPv6 did, was stopped, whoever would have answered it. */
export const lost = (best: Look | null, arrival: Arrival): Look | null =>
  best?.state === 'silent' && arrival.state === 'never' ? { ...best, state: 'dead' } : best;

/**
 * What tells more than silence: whether the datagrams arrive, seen on the server; where that can't be seen, what a
 * person reads on the router's page. Null where the look was no silent one.
 */
export function pastSilence(the: Case, { look, forward, atServer, line }: Sight): Next | null {
  if (look?.state !== 'silent') return null;
  if (!atServer) return runOnServer(the);
  const unread = reasonOnServer(the, 'arrivals');
  if (unread !== null && unread.status !== 'ok') {
    if (unread.reason.code === 'no-privilege') return runAsRoot(the);
    if (unread.reason.code === 'no-tool') return installTool(the);
  }
  if (line.kind !== 'no-nat' && forward.state !== 'right' && forward.state !== 'unclear')
    return readForward(the);
  if (line.kind !== 'no-nat' && toldRouterFirewall(the) === null) return readRouterFirewall(the);
  return onServer(the, 'arrivals').length > 0 ? null : fixFirst(the);
}
