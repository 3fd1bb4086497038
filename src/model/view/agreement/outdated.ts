import type { Evidence } from '../../evidence.ts';
import type { Case } from '../case.ts';
import { firewallOf, listeningOf } from '../host.ts';
import { reachSeen } from '../reach-seen.ts';
import { stateOf } from '../service.ts';

/** What an observer on the server says that keeps IPv4 out: ids of the evidence; empty where nothing does. */
export function keepsOut(own: Case): string[] {
  const { verdict } = firewallOf(own, 'ipv4', 'internet');
  const { four } = listeningOf(own);
  const of = (probe: Evidence['probe']): string[] =>
    own.evidence.filter((item) => item.probe === probe).map(({ id }) => id);
  return [
    ...(verdict === 'drop' || verdict === 'reject' ? of('firewall') : []),
    ...(four === 'no' || four === 'loopback' ? of('listeners') : []),
  ];
}

/** Ids of an observer's looks from outside that got the service over IPv4. @param the the case with all evidence */
export const gotIn = (own: Case, the: Case): string[] =>
  reachSeen(own.evidence)
    .filter(
      (item) =>
        item.vantage === 'outside' &&
        item.facts.family === 'ipv4' &&
        item.facts.port === the.target.port &&
        stateOf(the, item) === 'answers',
    )
    .map(({ id }) => id);
