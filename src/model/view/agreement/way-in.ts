import { isPublic } from '../../address.ts';
import { seen } from '../../evidence.ts';
import type { Case } from '../case.ts';
import { forwardOf } from '../forward.ts';
import { onServer, serverAddresses4 } from '../home.ts';
import { listeningOf } from '../host.ts';
import { edgeProvider } from '../proxies.ts';
import { type Reach, reachSeen } from '../reach-seen.ts';
import { stateOf } from '../service.ts';
import { blocks, gotIn } from './outdated.ts';

/**
 * What an observer on the server says that keeps out who got the service at the same time: ids of the server's evidence;
 * empty where nothing contradicts.
 * @param the the case with all evidence
 */
export function contradictedBy(look: Case, server: Case, the: Case): string[] {
  const { four, six } = listeningOf(server);
  const reached = reachSeen(look.evidence).filter(
    (item) =>
      (item.vantage === 'outside' || item.vantage === 'lan') &&
      item.facts.port === the.target.port &&
      stateOf(the, item) === 'answers',
  );
  const beside = isOneOf(reached, 'ipv4', ownAddresses(server, 'ipv4'));
  // What the router passes to another machine, or another port, doesn't come to these sockets.
  const isLedElsewhere = ['wrong-host', 'wrong-port'].includes(forwardOf(the).state);
  const outside = !isLedElsewhere && gotIn(look, the).length > 0;
  const over6 = isOneOf(reached, 'ipv6', ownAddresses(server, 'ipv6'));
  const isFiltered = blocks(server, 'lan') && (beside || (outside && blocks(server, 'internet')));
  const isUnheard =
    ((beside || outside) && (four === 'no' || four === 'loopback')) || (over6 && six === 'no');
  return [
    ...(isFiltered ? onServer(server, 'firewall') : []),
    ...(isUnheard ? onServer(server, 'listeners') : []),
  ].map(({ id }) => id);
}

const ownAddresses = (server: Case, family: 'ipv4' | 'ipv6'): string[] =>
  family === 'ipv4'
    ? serverAddresses4(server).map(({ address }) => address)
    : seen(server.evidence, 'addresses')
        .flatMap(({ facts }) => facts.addresses)
        .map(({ address }) => address)
        .filter((address) => address.includes(':') && isPublic(address));

/** It was reached at an address of the server; where none was read, at any public one of IPv6 that no edge has. */
const isOneOf = (reached: readonly Reach[], family: 'ipv4' | 'ipv6', own: readonly string[]): boolean =>
  reached.some(
    ({ facts: { address, family: of } }) =>
      of === family &&
      (own.includes(address) ||
        (own.length === 0 && family === 'ipv6' && edgeProvider(address, []) === null)),
  );
