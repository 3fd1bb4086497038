import type { Clock } from '../ports/ports.ts';
import type { Question } from './question.ts';
import { best, type Seen, waiting } from './seen.ts';
import type { Way } from './way.ts';

export interface Proving {
  readonly questions: readonly Question[];
  /** The preferred one first. */
  readonly ways: readonly Way[];
  readonly clock: Clock;
  /** ms that the host has; see `DEADLINE_MS`. */
  readonly deadlineMs: number;
  /** Told how far it is, one sentence at a time. */
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export type Proof =
  /** `untold`: what is open, and whether it gets to the origin can't be known. */
  { readonly ok: true; readonly untold: readonly string[] } | { readonly ok: false; readonly why: string };

/**
 * ms. The smallest host takes two to four minutes to start and to fetch its packages; a slow mirror takes longer. What
 * isn't there after ten mostly never comes.
 */
export const DEADLINE_MS = 10 * 60_000;
/** ms between two rounds. */
const PAUSE_MS = 5_000;
/** ms between two sentences about the same state. */
const PROGRESS_MS = 30_000;
/** Looks at the same time: a new host has little memory. */
const AT_ONCE = 8;
/** Services that are named in a sentence. */
const NAMED = 3;

/** Looks at a new host until all that it must forward was seen to be forwarded, or its time is up. */
export async function prove(proving: Proving): Promise<Proof> {
  const { questions, clock, deadlineMs, tell, signal } = proving;
  const started = clock.monotonic();
  const states = new Map<Question, Seen>();
  // A UDP port that nobody listened on, and then somebody did.
  const awaited = new Set<Question>();
  let told = Number.NEGATIVE_INFINITY;
  for (;;) {
    await round(proving, states);
    for (const [question, seen] of states) {
      if (question.kind === 'udp' && seen.state === 'waiting' && seen.by === 'refusal') awaited.add(question);
    }
    const left = questions.filter((question) => !isSettled(question, states, awaited));
    if (left.length === 0) return { ok: true, untold: untold(states) };
    const elapsed = clock.monotonic() - started;
    if (elapsed >= deadlineMs) return atDeadline(left, states);
    if (clock.monotonic() - told >= PROGRESS_MS) {
      told = clock.monotonic();
      tell(
        `Waiting until the new host forwards (${Math.round(elapsed / 1_000)} s): ${sentence(left, states)}.`,
      );
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}

/** Asks each way in turn what no way before it has answered. */
async function round({ questions, ways, signal }: Proving, states: Map<Question, Seen>): Promise<void> {
  const seen = new Map<Question, Seen[]>();
  const isPending = (question: Question): boolean =>
    [...(seen.get(question) ?? []), states.get(question)].every((each) => each?.state !== 'forwards');
  for (const way of ways) {
    const pending = questions.filter(isPending);
    const size = way.isFree ? AT_ONCE : 1;
    for (let start = 0; start < pending.length; start += size) {
      const some = pending.slice(start, start + size);
      const looks = await Promise.all(some.map((question) => way.look(question, signal)));
      for (const [index, question] of some.entries()) {
        const look = looks[index] ?? null;
        if (look !== null) seen.set(question, [...(seen.get(question) ?? []), look]);
      }
      if (isVain(looks, way)) break;
    }
  }
  for (const [question, looks] of seen) states.set(question, best(looks) ?? waiting('nobody looked'));
}

/** The host isn't there yet, or not to be reached this way: the others needn't be asked. */
const isVain = (looks: readonly (Seen | null)[], { isFree }: Way): boolean =>
  looks.some((look) => look !== null) &&
  looks.every((look) => look === null || (look.state === 'waiting' && !(isFree && look.by !== 'nobody')));

/**
 * Nothing answers a stray datagram, and nothing answers where there is no host: silence counts only where the host is
 * known to serve, by another service or because somebody listens now where nobody did.
 */
function isSettled(
  question: Question,
  states: ReadonlyMap<Question, Seen>,
  awaited: ReadonlySet<Question>,
): boolean {
  const seen = states.get(question);
  if (seen === undefined || seen.state === 'waiting') return false;
  if (seen.state === 'forwards' || question.kind !== 'udp') return true;
  const serves = [...states].some(([other, { state }]) => other.kind !== 'udp' && state !== 'waiting');
  return serves || awaited.has(question);
}

const untold = (states: ReadonlyMap<Question, Seen>): string[] =>
  [...states].flatMap(([{ label }, seen]) => (seen.state === 'open' ? [label] : []));

/** A host with nothing but UDP may never have said anything: refusing it would refuse all such services. */
function atDeadline(left: readonly Question[], states: ReadonlyMap<Question, Seen>): Proof {
  const isSilent = left.every((each) => each.kind === 'udp' && states.get(each)?.state === 'open');
  return isSilent ? { ok: true, untold: untold(states) } : { ok: false, why: sentence(left, states) };
}

function sentence(left: readonly Question[], states: ReadonlyMap<Question, Seen>): string {
  const named = left.slice(0, NAMED).map((question) => {
    const seen = states.get(question);
    const why = seen === undefined || seen.state === 'forwards' ? 'not looked at yet' : seen.why;
    return `${question.label}: ${why}`;
  });
  const more = left.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
