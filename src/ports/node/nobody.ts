import type { Socket } from 'node:net';
import type { Identity } from '../../model/identity.ts';
import type { LimitHit } from './limits.ts';
import { codeOf, detailOf } from './system-error.ts';

type Nobody = Extract<Identity, { kind: 'none' }>;

/** Nothing tells who is there. */
export const nobody = (why: Nobody['why'], detail?: string): Nobody => ({
  kind: 'none',
  why,
  ...(detail === undefined || detail === '' ? {} : { detail }),
});

/** `silent` where the peer took the connection and sent nothing, `timed-out` where it didn't come to an end. */
export function nobodyInTime(hit: LimitHit, socket: Socket | undefined): Nobody {
  if (hit === 'interrupted') return nobody('timed-out', 'interrupted');
  const connected = socket !== undefined && !socket.connecting && !socket.destroyed;
  return nobody(connected && socket.bytesRead === 0 ? 'silent' : 'timed-out');
}

/** Errors of the connection itself; the rest are a peer that talks something else. */
export function nobodyBecause(error: unknown): Nobody {
  const code = codeOf(error);
  const gone =
    /^(?:ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|EACCES|EPERM|EADDR|EAFNOSUPPORT|EINVAL|ERR_STREAM)/u.test(code);
  return nobody(gone ? 'closed' : 'handshake-failed', detailOf(error));
}
