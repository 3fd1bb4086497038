import { parseAddress } from '../../model/address.ts';
import type { TraceFacts } from '../../model/facts/path.ts';

export type Hop = TraceFacts['hops'][number];

/** Hops at most; the fact's own limit. */
const MAX_TTL = 64;
/** A line of one hop, in the traceroutes of Debian, GNU inetutils and busybox: ` 3  192.0.2.1  0.351 ms !X`. */
const LINE = /^\s*(\d{1,2})\s+(\S.*)$/u;
const TIME = /^(\d{1,6}(?:\.\d{1,6})?)(?:ms)?$/u;
const NOTE = /^![A-Z0-9<>-]{0,12}$/u;

/**
 * What a traceroute printed; hops that it didn't ask about are left out. Null where there is no hop at all.
 * @param destination of several that answered at the same distance, this one counts
 */
export function parseTraceroute(text: string, destination: string): Hop[] | null {
  const hops = new Map<number, Hop>();
  for (const line of text.split('\n')) {
    const [, number, rest] = LINE.exec(line) ?? [];
    const ttl = Number(number);
    if (rest === undefined || ttl < 1 || ttl > MAX_TTL || hops.has(ttl)) continue;
    const answers = answersOf(rest);
    if (answers === null) continue;
    const answer = answers.find(({ address }) => address === destination) ?? answers[0];
    hops.set(ttl, { ttl, address: null, ms: null, note: null, ...answer });
  }
  return hops.size === 0 ? null : [...hops.values()].toSorted((one, other) => one.ttl - other.ttl);
}

type Answer = Pick<Hop, 'address' | 'ms' | 'note'>;

/** `A 1 ms  2 ms`, `A 1 ms B 2 ms !X`, `* A 1 ms`, `*`. Null where it is something else. */
function answersOf(text: string): Answer[] | null {
  const answers: Answer[] = [];
  let address: string | null = null;
  let silent = false;
  for (const word of text.trim().split(/\s+/u)) {
    const time = TIME.exec(word)?.[1];
    const last = answers.at(-1);
    if (word === '*') {
      silent = true;
    } else if (time !== undefined) {
      if (address === null) return null;
      answers.push({ address, ms: Number(time), note: null });
    } else if (NOTE.test(word)) {
      // A bare `!` is about the TTL of the answer, not about the packet.
      if (last !== undefined && word !== '!') answers.splice(-1, 1, { ...last, note: word });
    } else if (word !== 'ms') {
      address = parseAddress(word.replace(/^\((.*)\)$/u, '$1').replace(/%.*$/u, ''));
      if (address === null) return null;
    }
  }
  return answers.length > 0 || silent ? answers : null;
}

/** `iputils` tracepath -n: ` 2:  192.0.2.1   0.084ms reached`, ` 3:  no reply`. The address that it doesn't know is `no`. */
export function parseTracepath(text: string): Hop[] | null {
  const hops = new Map<number, Hop>();
  for (const line of text.split('\n')) {
    const [, number, who = '', time, note] =
      /^\s*(\d{1,2}):\s+(\S+)(?:\s+(\d{1,6}\.\d{1,6})ms)?[^!]*(![A-Z])?.*$/u.exec(line) ?? [];
    const ttl = Number(number);
    if (number === undefined || ttl < 1 || ttl > MAX_TTL) continue;
    const address = parseAddress(who.replace(/%.*$/u, ''));
    if (address === null && who !== 'no') continue;
    const known = hops.get(ttl);
    if (known === undefined || known.address === null) {
      hops.set(ttl, { ttl, address, ms: time === undefined ? null : Number(time), note: note ?? null });
    }
  }
  return hops.size === 0 ? null : [...hops.values()].toSorted((one, other) => one.ttl - other.ttl);
}
