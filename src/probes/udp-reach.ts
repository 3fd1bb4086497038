import { familyOf } from '../model/address.ts';
import type { AddressRole, Evidence } from '../model/evidence.ts';
import type { DatagramIdentity, UdpOutcome, UdpProtocol } from '../model/facts/udp.ts';
import type { Ports, UdpResult } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';
import type { Question } from './udp-reach/dialect.ts';
import { DIALECTS } from './udp-reach/registry.ts';

/** ms after which each attempt starts: far enough apart that one lost packet or burst doesn't fail all of them. */
const STARTS: readonly number[] = [0, 150, 300];
/** ms for all attempts together: the last may still be answered from the other side of the world. */
const TIMEOUT = 3_000;
/** ms after which an attempt asks again, from the same port: UDP itself repeats nothing. */
const REPEATS: readonly number[] = [700, 1_600];
/** ms for a second question, where the first was answered with one. */
const MORE_TIMEOUT = 1_500;
/** Bytes of a datagram that is looked at: an Ethernet frame's. */
const MAX_BYTES = 1_500;
/** Datagrams of one attempt that are looked at; strangers' are few, as the socket takes those of the peer only. */
const MAX_REPLIES = 8;

/** One address to ask. */
export interface UdpReachQuestion {
  readonly address: string;
  readonly port: number;
  /** Why it is asked. */
  readonly roles: readonly AddressRole[];
  readonly protocol: UdpProtocol;
  /** The target's name; null for an address. */
  readonly name: string | null;
}

interface Attempt {
  readonly outcome: UdpOutcome;
  readonly identity: DatagramIdentity | null;
}

/** Asks three times, a moment apart, each from a port of its own, in words that the protocol's servers answer. */
export async function udpReach(
  { address, port, roles, protocol, name }: UdpReachQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('udp-reach', address, context, ports.clock);
  const dialect = DIALECTS[protocol];
  const asked = { name, address, port };
  const send = (question: Question, timeoutMs: number, repeatAfterMs: readonly number[]) =>
    ports.net.udp(
      {
        to: { address, port },
        payload: question.payload,
        timeoutMs,
        repeatAfterMs,
        maxReplies: MAX_REPLIES,
        isLast: (bytes) => question.read(bytes).kind === 'answer',
        maxBytes: MAX_BYTES,
        onlyFromPeer: true,
      },
      context.signal,
    );
  const attempt = async (start: number): Promise<Attempt | null> => {
    if (start > 0) {
      const waited = await ports.clock.sleep(start, context.signal).then(
        () => true,
        () => false,
      );
      if (!waited) return null;
    }
    const question = dialect.question(asked);
    const result = await send(question, TIMEOUT - start, REPEATS);
    if (!result.ok && result.reason.code === 'interrupted') return null;
    const answer = answerIn(result, question);
    const more =
      answer?.more === undefined ? null : await send(answer.more, MORE_TIMEOUT, [MORE_TIMEOUT / 2]);
    const told = (more === null || answer?.more === undefined ? null : answerIn(more, answer.more)) ?? answer;
    return {
      outcome: outcomeOf(result, answer !== null),
      identity: told === null ? null : { kind: 'datagram', protocol, says: told.says, unique: told.unique },
    };
  };
  const attempts = (await Promise.all(STARTS.map(attempt))).filter((each) => each !== null);
  const how = dialect.how(asked);
  // Attempts that were called off say nothing of the address.
  if (attempts.length === 0) return item.failed({ code: 'interrupted' }, how);
  const told = attempts.flatMap(({ identity }) => identity ?? []);
  return item.ok(
    {
      family: familyOf(address),
      address,
      port,
      roles: [...roles],
      protocol,
      attempts: attempts.map(({ outcome }) => outcome),
      identity: told.find(({ unique }) => unique !== null) ?? told[0] ?? null,
    },
    how,
  );
}

function answerIn(result: UdpResult, question: Question) {
  if (!result.ok) return null;
  for (const { payload } of result.replies) {
    const reading = question.read(payload);
    if (reading.kind === 'answer') return reading;
  }
  return null;
}

function outcomeOf(result: UdpResult, isAnswered: boolean): UdpOutcome {
  const { ms, localPort } = result;
  const base = { ms, ...(localPort === undefined ? {} : { localPort }) };
  if (result.ok)
    return isAnswered ? { outcome: 'answered', ...base } : { outcome: 'error', code: 'EBADMSG', ...base };
  const { stopped, reason } = result;
  if (stopped === undefined) {
    // Only longer datagrams came: something is there, and speaks otherwise.
    return reason.code === 'too-large'
      ? { outcome: 'error', code: 'EMSGSIZE', ...base }
      : { outcome: 'silent', ...base };
  }
  const { outcome, code } = stopped;
  switch (outcome) {
    case 'refused':
    case 'icmp-unreachable':
    case 'no-route':
    case 'blocked-locally':
      return { outcome, ...(code === undefined ? {} : { code }), ...base };
    default:
      return { outcome: 'error', code: code ?? 'EIO', ...base };
  }
}
