import type { Reason } from '../../model/evidence.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Budget } from './budget.ts';

/** UDP port of NAT-PMP and PCP servers (RFC 6887 19). */
const SERVER_PORT = 5351;

/** ms; 250 ms, doubled each time, as RFC 6886 3.1 asks, as far as two seconds go. */
const REPEATS = [250, 750];

/** Bytes of the longest PCP message (RFC 6887 7). */
const MAX_BYTES = 1100;

type Asked =
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: Reason };

/** One request to the gateway's NAT-PMP or PCP server, repeated until it answers or the budget is spent. */
export async function askMappingServer(
  gateway: string,
  payload: Uint8Array,
  budget: Budget,
  ports: Ports,
  signal: AbortSignal,
): Promise<Asked> {
  const timeoutMs = budget.left();
  const result = await ports.net.udp(
    {
      to: { address: gateway, port: SERVER_PORT },
      payload,
      timeoutMs,
      repeatAfterMs: REPEATS.filter((after) => after < timeoutMs),
      maxReplies: 1,
      maxBytes: MAX_BYTES,
      onlyFromPeer: true,
    },
    signal,
  );
  if (!result.ok) return result;
  const [first] = result.replies;
  return first === undefined
    ? { ok: false, reason: { code: 'timed-out' } }
    : { ok: true, payload: first.payload };
}
