import { createConnection } from 'node:net';
import { parseAddress } from '../../model/address.ts';
import { type Limits, withinLimits } from './limits.ts';

/**
 * Whether a connection to a literal address stays open until `timeoutMs` has passed, or something comes before. Says
 * nothing itself. Never throws for what the network does.
 */
export function staysOpen(address: string, port: number, limits: Limits): Promise<boolean> {
  const host = parseAddress(address);
  if (host === null) return Promise.resolve(false);
  let connected = false;
  return withinLimits<boolean>(
    limits,
    (hit) => hit === 'timed-out' && connected,
    (end) => {
      const socket = createConnection({ host, port, autoSelectFamily: false });
      socket.once('connect', () => {
        connected = true;
      });
      socket.once('data', () => end(true));
      socket.on('error', () => end(false));
      // The other side has said that it is done, or is gone.
      socket.once('end', () => end(false));
      socket.once('close', () => end(false));
      return () => socket.destroy();
    },
  );
}
