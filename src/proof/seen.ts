import type { TcpOutcome } from '../model/evidence.ts';
import { compareIdentity, type Identity } from '../model/identity.ts';
import type { Question } from './question.ts';

/** What one look at a host showed of one service. */
export type Seen =
  /** The origin answered. */
  | { readonly state: 'forwards' }
  /** What comes is taken, and nothing tells whether it gets to the origin. */
  | { readonly state: 'open'; readonly why: string }
  /** Not yet, or never. */
  | { readonly state: 'waiting'; readonly why: string; readonly by: Teller };

/** Who shows that it isn't yet: something that took the connection, the host's kernel, or nobody. */
type Teller = 'answer' | 'refusal' | 'nobody';

export const FORWARDS: Seen = { state: 'forwards' };
export const waiting = (why: string, by: Teller = 'nobody'): Seen => ({ state: 'waiting', why, by });

/** Silence of one way doesn't make up for what another one has heard. */
const WAITING_RANK: Readonly<Record<Teller, number>> = { answer: 1, refusal: 2, nobody: 4 };

/** What several looks at the same service show together. */
export function best(all: readonly Seen[]): Seen | null {
  const rank = (seen: Seen): number =>
    seen.state === 'waiting' ? WAITING_RANK[seen.by] : seen.state === 'open' ? 3 : 0;
  return [...all].sort((one, other) => rank(one) - rank(other))[0] ?? null;
}

/** Statuses with which HAProxy itself says that there is no origin to be had (RFC 9110, 15.6.3 to 15.6.5). */
const GATEWAY_STATUSES: readonly number[] = [502, 503, 504];

/**
 * What an answer proves. A relay shakes no hands and says nothing first, so a certificate, a key or a greeting is the
 * origin's; of HTTP it answers some requests itself.
 */
export function judge({ kind, hint, planned }: Question, identity: Identity): Seen {
  switch (identity.kind) {
    case 'none':
      return identity.why === 'silent' && kind === 'tcp'
        ? { state: 'open', why: 'it says nothing first' }
        : waiting(NOBODY[identity.why], 'answer');
    case 'http':
      if (GATEWAY_STATUSES.includes(identity.status)) {
        return waiting(`HTTP status ${identity.status}: the origin doesn't answer the relay`, 'answer');
      }
  }
  if (planned === null || planned.kind === 'none') return FORWARDS;
  return compareIdentity(planned, identity, hint.name) === 'different'
    ? waiting(
        'another service answers than the one that was planned (plan again if its key was changed)',
        'answer',
      )
    : FORWARDS;
}

const NOBODY: Readonly<Record<Extract<Identity, { kind: 'none' }>['why'], string>> = {
  silent: 'it takes the connection and says nothing',
  closed: "it takes the connection and closes it: the origin doesn't answer the relay",
  'handshake-failed': 'the answer is no handshake of the planned protocol',
  'timed-out': 'no answer came in time',
};

/** Of a connection that didn't come about. */
export function notConnected({ outcome, code }: TcpOutcome): Seen {
  switch (outcome) {
    case 'refused':
      return waiting('the connection is refused', 'refusal');
    case 'no-route':
      return waiting('there is no way there from here');
    case 'timed-out':
      return waiting('no answer to the connection');
    default:
      return waiting(`no connection (${code ?? outcome})`);
  }
}
