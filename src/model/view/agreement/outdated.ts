import type { Evidence } from '../../evidence.ts';
import type { Case } from '../case.ts';
import { firewallOf, listeningOf } from '../host.ts';
import { lineAddresses } from '../line.ts';
import { edgeProvider } from '../proxies.ts';
import { reachSeen } from '../reach-seen.ts';
import { stateOf } from '../service.ts';

/** What an observer on the server says that keeps IPv4 out: ids of the evidence; empty where nothing does. */
export function keepsOut(own: Case): string[] {
  const { four } = listeningOf(own);
  const of = (probe: Evidence['probe']): string[] =>
    own.evidence.filter((item) => item.probe === probe).map(({ id }) => id);
  return [
    ...(blocks(own, 'internet') && blocks(own, 'lan') ? of('firewall') : []),
    ...(four === 'no' || four === 'loopback' ? of('listeners') : []),
  ];
}

/** Whom a rule for neighbours lets in may be anybody: some routers put their own address into what they forward. */
export const blocks = (own: Case, source: 'internet' | 'lan'): boolean =>
  ['drop', 'reject'].includes(firewallOf(own, 'ipv4', source).verdict);

/** Ids of an observer's looks from outside that got the service over IPv4 at the line itself, or where it may be. @param the the case with all evidence */
export function gotIn(own: Case, the: Case): string[] {
  // An edge or a relay answers for the server, and need not come to it over IPv4.
  const line = lineAddresses(the);
  return reachSeen(own.evidence)
    .filter(
      (item) =>
        item.vantage === 'outside' &&
        item.facts.family === 'ipv4' &&
        item.facts.port === the.target.port &&
        (line.length === 0 || line.includes(item.facts.address)) &&
        edgeProvider(item.facts.address, []) === null &&
        stateOf(the, item) === 'answers',
    )
    .map(({ id }) => id);
}
