import { createConnection } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type Family, familyOf, parseAddress, scopeOf } from '../../model/address.ts';
import type { TcpOutcome } from '../../model/evidence.ts';
import { ownInterfaces } from './host.ts';
import { type Limits, withinLimits } from './limits.ts';
import { codeOf } from './system-error.ts';

/**
 * One TCP connection to a literal address, closed again at once.
 * Resolves for everything that the network does; `error` with code `EINVAL` where the address is none, and
 * `ABORT_ERR` where the caller gave up.
 */
export function connect(address: string, port: number, limits: Limits): Promise<TcpOutcome> {
  const literal = parseAddress(address);
  if (literal === null) return Promise.resolve({ outcome: 'error', code: 'EINVAL', ms: 0 });
  const started = performance.now();
  const ms = () => performance.now() - started;
  let localPort: number | undefined;
  const from = () => (localPort === undefined ? {} : { localPort });
  return withinLimits<TcpOutcome>(
    limits,
    (hit) =>
      hit === 'timed-out'
        ? { outcome: 'timed-out', ms: ms(), ...from() }
        : { outcome: 'error', code: 'ABORT_ERR', ms: ms() },
    (end) => {
      // A name is never resolved here: `host` is literal, so Node asks nobody.
      const socket = createConnection({ host: literal, port, autoSelectFamily: false });
      // Node emits this only for what comes back after connect(2) had begun: an answer of the network's.
      // What connect(2) itself refuses arrives as `error` alone: the word of this machine.
      let fromNetwork = false;
      // Told just before connect(2), which gives the socket its port; an error would take it away again.
      socket.once('connectionAttempt', () => {
        queueMicrotask(() => {
          localPort = socket.localPort;
        });
      });
      socket.once('connectionAttemptFailed', () => {
        fromNetwork = true;
      });
      socket.once('connect', () => end({ outcome: 'connected', ms: ms(), ...from() }));
      socket.on('error', (error) => {
        const code = codeOf(error);
        const outcome = outcomeOf(code, fromNetwork, () => hasAddress(familyOf(literal)));
        end({ outcome, code, ms: ms(), ...from() });
      });
      return () => socket.destroy();
    },
  );
}

/**
 * What an error code says. Sources: connect(2); Linux net/ipv4/icmp.c (icmp_err_convert) and net/ipv6/icmp.c
 * (tab_unreach): ICMPv4 prohibited codes become EHOSTUNREACH or ENETUNREACH, ICMPv6 "administratively prohibited",
 * "policy failed" and "reject route" become EACCES.
 * @param fromNetwork whether the error came after the packets had left, rather than from connect(2) itself.
 * @param hasFamily whether this machine has an address of the family that reaches beyond the link.
 */
export function outcomeOf(
  code: string,
  fromNetwork: boolean,
  hasFamily: () => boolean,
): TcpOutcome['outcome'] {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'EHOSTUNREACH':
      // From the network, or after seconds from this kernel where nobody on the link answers ARP or neighbour
      // discovery. At once and from connect(2) itself: a route of type `unreachable` here (ip-route(8)).
      return fromNetwork ? 'icmp-unreachable' : 'no-route';
    case 'ENETUNREACH':
      return fromNetwork ? 'icmp-unreachable' : 'no-route';
    case 'EACCES':
      return fromNetwork ? 'icmp-unreachable' : 'blocked-locally';
    case 'EPERM':
      return 'blocked-locally';
    case 'ETIMEDOUT':
      return 'timed-out';
    case 'EAFNOSUPPORT':
      return 'no-route';
    case 'EADDRNOTAVAIL':
      // No source address for the family (IPv6 switched off, as in many containers), or no free port.
      return hasFamily() ? 'error' : 'no-route';
    default:
      return 'error';
  }
}

/** Whether this machine has an address of the family other than loopback and link-local ones. */
export function hasAddress(family: Family): boolean {
  return ownInterfaces().some(({ address }) => {
    const scope = scopeOf(address);
    return familyOf(address) === family && scope !== 'loopback' && scope !== 'link-local';
  });
}
