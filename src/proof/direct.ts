import type { Clock, Net } from '../ports/ports.ts';
import { RELAY_TIMES } from '../relay/times.ts';
import type { Question } from './question.ts';
import { FORWARDS, judge, notConnected, type Seen, waiting } from './seen.ts';
import type { Way } from './way.ts';

/** What the looks from this machine need. */
export interface Line {
  readonly net: Pick<Net, 'connect' | 'identify' | 'udp'>;
  readonly clock: Clock;
  /** Whether a connection stays open until the time is up, or something comes before. */
  staysOpen(
    address: string,
    port: number,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<boolean>;
}

/** ms; SYNs go out after 0, 1 and 3 s (RFC 6298). A host that isn't up yet is looked at again anyway. */
const CONNECT_MS = 4_000;
/** ms: the connection from the relay to the origin comes on top of what a look at the origin itself takes. */
const IDENTIFY_MS = CONNECT_MS + 4_000;
/** ms: until the relay has closed a connection whose origin it can't get to, and that has arrived here. */
const HOLD_MS = RELAY_TIMES.connect + 2_000;
/** ms for a datagram there and back. */
const UDP_MS = 2_000;
/** ms; a datagram may get lost. */
const UDP_REPEAT_MS = 700;

/** Looks from this machine at one of the host's own addresses. */
export const directWay = (address: string, line: Line): Way => ({
  label: address,
  isFree: true,
  look: (question, signal) =>
    question.kind === 'udp'
      ? lookUdp(address, question, line, signal)
      : lookTcp(address, question, line, signal),
});

async function lookTcp(
  address: string,
  question: Question,
  { net, staysOpen }: Line,
  signal: AbortSignal,
): Promise<Seen> {
  const { port, hint } = question;
  const outcome = await net.connect(address, port, CONNECT_MS, signal);
  if (outcome.outcome !== 'connected') return notConnected(outcome);
  const seen = judge(question, await net.identify(address, port, hint, IDENTIFY_MS, signal));
  if (seen.state !== 'open') return seen;
  // The relay takes a connection before it has one to the origin, but closes it when it doesn't get one.
  return (await staysOpen(address, port, { timeoutMs: HOLD_MS, signal }))
    ? FORWARDS
    : waiting("it closes the connection after a while: the origin doesn't answer the relay", 'answer');
}

/**
 * One byte, which the origin gets too. Who answers is the origin; where the kernel says that nobody listens, the host
 * isn't ready; silence is what most services answer to what they don't know.
 */
async function lookUdp(
  address: string,
  { port }: Question,
  { net }: Line,
  signal: AbortSignal,
): Promise<Seen> {
  const result = await net.udp(
    {
      to: { address, port },
      payload: Uint8Array.of(0),
      timeoutMs: UDP_MS,
      repeatAfterMs: [UDP_REPEAT_MS],
      maxReplies: 1,
      maxBytes: 65_535,
      onlyFromPeer: true,
    },
    signal,
  );
  if (result.ok) return FORWARDS;
  if (result.reason.code === 'timed-out') return { state: 'open', why: 'nothing answers a stray datagram' };
  return result.reason.code === 'refused'
    ? waiting('nobody listens there yet', 'refusal')
    : waiting(result.reason.detail ?? result.reason.code);
}
