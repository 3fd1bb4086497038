import { plainText } from '../../ports/plain-text.ts';
import { byNc } from './by-hand.ts';
import {
  type Dialect,
  FOREIGN,
  type Question,
  type Reading,
  startsWith,
  TEXT_LENGTH,
  viewOf,
} from './dialect.ts';

/** Source: Valve Developer Community, "Server queries", A2S_INFO. Numbers are little-endian. */
const SINGLE = new Uint8Array([0xff, 0xff, 0xff, 0xff]);
const INFO_REQUEST = Buffer.from('\xff\xff\xff\xffTSource Engine Query\0', 'latin1');
/** `A`: say this number with the question, to show that your address isn't forged. */
const CHALLENGE = 0x41;
const CHALLENGE_BYTES = 9;
/** `I` of Source, `m` of GoldSource before 2008. */
const INFO = 0x49;
const OLD_INFO = 0x6d;
/** What follows the texts: application (2), players, most, bots, kind, system, password, guard (1 each). */
const FIXED_BYTES = 9;
/** Of the extra data flags: the port (2), then the server's SteamID (8). */
const WITH_PORT = 0x80;
const WITH_STEAM_ID = 0x10;
/** Of "The Ship", with three more bytes. */
const THE_SHIP = 2400;
/** Bytes of an answer that we take. */
const MAX_BYTES = 1400;

/**
 * The servers' query of Source and GoldSource games. The protocol has no id that comes back: an answer is known by its
 * form, and by the kernel, which takes it from whom was asked only.
 */
export const sourceQuery: Dialect = {
  protocol: 'source-query',
  question: () => ask(new Uint8Array()),
  how: (asked) => byNc(asked, INFO_REQUEST),
};

function ask(challenge: Uint8Array): Question {
  const payload = new Uint8Array([...INFO_REQUEST, ...challenge]);
  return { payload, read: (bytes) => read(bytes, challenge.length > 0) };
}

function read(bytes: Uint8Array, challenged: boolean): Reading {
  if (bytes.length > MAX_BYTES || !startsWith(bytes, SINGLE)) return FOREIGN;
  if (bytes[4] === CHALLENGE && bytes.length === CHALLENGE_BYTES) {
    const base = { kind: 'answer', says: 'Source server query', unique: null } as const;
    return challenged ? base : { ...base, more: ask(bytes.slice(5)) };
  }
  if (bytes[4] !== INFO && bytes[4] !== OLD_INFO) return FOREIGN;
  // GoldSource's old form begins with an address; of Source's, a byte tells the protocol.
  const texts = textsFrom(bytes, bytes[4] === INFO ? 6 : 5, 4);
  if (texts === null) return FOREIGN;
  const [first = '', second = ''] = texts.texts;
  if (bytes[4] === OLD_INFO) {
    return { kind: 'answer', says: `GoldSource server "${plainText(second, TEXT_LENGTH)}"`, unique: null };
  }
  const says = `Source server "${plainText(first, TEXT_LENGTH)}"`;
  return { kind: 'answer', says, unique: steamIdOf(bytes, texts.end) };
}

/** Zero-terminated texts, and where what follows them begins; null where the datagram ends before. */
function textsFrom(bytes: Uint8Array, from: number, count: number): { texts: string[]; end: number } | null {
  const texts: string[] = [];
  let at = from;
  for (let index = 0; index < count; index += 1) {
    const end = bytes.indexOf(0, at);
    if (end === -1) return null;
    texts.push(new TextDecoder().decode(bytes.subarray(at, end)));
    at = end + 1;
  }
  return { texts, end: at };
}

/** The server's own account: no two have one. Null where it has none, or the datagram is shorter than it says. */
function steamIdOf(bytes: Uint8Array, from: number): string | null {
  const view = viewOf(bytes);
  if (from + FIXED_BYTES > bytes.length || view.getUint16(from, true) === THE_SHIP) return null;
  const versionAt = from + FIXED_BYTES;
  const version = textsFrom(bytes, versionAt, 1);
  if (version === null) return null;
  const flags = bytes[version.end] ?? 0;
  const at = version.end + 1 + ((flags & WITH_PORT) === 0 ? 0 : 2);
  if ((flags & WITH_STEAM_ID) === 0 || at + 8 > bytes.length) return null;
  const id = view.getBigUint64(at, true);
  return id === 0n ? null : `SteamID ${id}`;
}
