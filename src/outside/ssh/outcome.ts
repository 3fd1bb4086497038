import type { TcpOutcome } from '../../model/evidence.ts';
import type { RemoteTry } from './output.ts';

/** Exit codes of what its guard had to end: 128 + SIGTERM, + SIGKILL. */
const ENDED: readonly number[] = [143, 137];

/**
 * What each program says of errno(3) in the C locale, seen with bash 5.2, curl 7.88, netcat-openbsd 1.219,
 * netcat-traditional 1.10-47, ncat 7.93 and BusyBox 1.35.
 */
const ERRNO: readonly (readonly [RegExp, string])[] = [
  [/Connection refused/iu, 'ECONNREFUSED'],
  [/No route to host/iu, 'EHOSTUNREACH'],
  [/Network is unreachable/iu, 'ENETUNREACH'],
  [/Permission denied/iu, 'EACCES'],
  [/Operation not permitted/iu, 'EPERM'],
  [/Cannot assign requested address|Address not available/iu, 'EADDRNOTAVAIL'],
  [/Address family not supported/iu, 'EAFNOSUPPORT'],
  [/timed out|\bTIMEOUT\b|connect timeout|Timeout was reached/u, 'ETIMEDOUT'],
];

/** How an attempt ended, as far as the program tells; `error` where it doesn't. */
export function outcomeOf({ tool, exitCode, ms, text, route }: RemoteTry): TcpOutcome {
  const took = /\btook=(\d{1,3}\.\d{1,9}) from=(\d{1,5})/u.exec(text);
  if (tool === 'curl' && took !== null && Number(took[1]) > 0) {
    const localPort = Number(took[2]);
    const from = localPort >= 1 && localPort <= 65_535 ? { localPort } : {};
    return { outcome: 'connected', ms: Number(took[1]) * 1000, ...from };
  }
  if (tool !== 'curl' && exitCode === 0) return { outcome: 'connected', ms };
  const code = ERRNO.find(([pattern]) => pattern.test(text))?.[1];
  // This one says nothing once it has connected, and has its own time for that: what had to be ended later was connected.
  if (tool === 'busybox' && code === undefined && ENDED.includes(exitCode))
    return { outcome: 'connected', ms };
  if (code === undefined && ENDED.includes(exitCode)) return { outcome: 'timed-out', ms };
  return { ...(OUTCOME[code ?? '']?.(route) ?? { outcome: 'error', code: code ?? `EXIT_${exitCode}` }), ms };
}

type Told = Pick<TcpOutcome, 'outcome' | 'code'>;

/** As for a look from here (src/ports/node/connect.ts); whether the network said it shows in that there was a way. */
const OUTCOME: Readonly<Record<string, (route: RemoteTry['route']) => Told>> = {
  ECONNREFUSED: () => ({ outcome: 'refused', code: 'ECONNREFUSED' }),
  // Also of a route of type `unreachable` on the looking machine (ip-route(8)): that says nothing of the far end.
  EHOSTUNREACH: (route) => ({
    outcome: route === 'no' ? 'no-route' : 'icmp-unreachable',
    code: 'EHOSTUNREACH',
  }),
  ENETUNREACH: (route) => ({
    outcome: route === 'yes' ? 'icmp-unreachable' : 'no-route',
    code: 'ENETUNREACH',
  }),
  EACCES: (route) => ({ outcome: route === 'yes' ? 'icmp-unreachable' : 'blocked-locally', code: 'EACCES' }),
  EPERM: () => ({ outcome: 'blocked-locally', code: 'EPERM' }),
  EADDRNOTAVAIL: () => ({ outcome: 'no-route', code: 'EADDRNOTAVAIL' }),
  EAFNOSUPPORT: () => ({ outcome: 'no-route', code: 'EAFNOSUPPORT' }),
  ETIMEDOUT: () => ({ outcome: 'timed-out', code: 'ETIMEDOUT' }),
};

/** An outcome that says something of the far end, or that this end couldn't try. */
export const isTold = ({ outcome }: TcpOutcome): boolean => outcome !== 'error';
