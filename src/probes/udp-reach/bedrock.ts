import { randomBytes } from 'node:crypto';
import { plainText } from '../../ports/plain-text.ts';
import { byNc } from './by-hand.ts';
import { type Dialect, FOREIGN, type Reading, startsWith, TEXT_LENGTH, viewOf } from './dialect.ts';

/** RakNet, MessageIdentifiers.h. */
const UNCONNECTED_PING = 0x01;
const UNCONNECTED_PONG = 0x1c;
/** OFFLINE_MESSAGE_DATA_ID of RakNet, RakPeer.cpp. */
const MAGIC = new Uint8Array([
  ...[0x00, 0xff, 0xff, 0x00, 0xfe, 0xfe, 0xfe, 0xfe],
  ...[0xfd, 0xfd, 0xfd, 0xfd, 0x12, 0x34, 0x56, 0x78],
]);
/** Ping: id, time, magic, the client's GUID. Pong: id, the same time, the server's GUID, magic, length, text. */
const PING_BYTES = 33;
const TEXT_AT = 35;
/** A smaller one wasn't drawn at random, and others have it as well. */
const SMALLEST_DRAWN = 1n << 32n;
/** Bytes of an answer that we take. */
const MAX_BYTES = 1400;

/** Minecraft Bedrock: RakNet's ping without a connection, which the list of servers in the game sends. */
export const bedrock: Dialect = {
  protocol: 'bedrock',
  question() {
    const payload = pingWith(randomBytes(8), randomBytes(8));
    return { payload, read: (bytes) => read(bytes, payload.subarray(1, 9)) };
  },
  how: (asked) => byNc(asked, pingWith(new Uint8Array(8), new Uint8Array(8))),
};

function pingWith(time: Uint8Array, guid: Uint8Array): Uint8Array {
  const payload = new Uint8Array(PING_BYTES);
  payload[0] = UNCONNECTED_PING;
  payload.set(time, 1);
  payload.set(MAGIC, 9);
  payload.set(guid, 25);
  return payload;
}

function read(bytes: Uint8Array, time: Uint8Array): Reading {
  if (bytes.length < TEXT_AT || bytes.length > MAX_BYTES || bytes[0] !== UNCONNECTED_PONG) return FOREIGN;
  if (!startsWith(bytes, time, 1) || !startsWith(bytes, MAGIC, 17)) return FOREIGN;
  const view = viewOf(bytes);
  const guid = view.getBigUint64(9);
  const end = TEXT_AT + view.getUint16(33);
  if (end > bytes.length) return FOREIGN;
  // MCPE;first line;protocol;version;players;most;GUID;second line;mode;…
  const text = plainText(new TextDecoder().decode(bytes.subarray(TEXT_AT, end)), TEXT_LENGTH);
  const [edition = '', title = '', , version = ''] = text.split(';');
  const unique = guid < SMALLEST_DRAWN ? null : `GUID ${guid.toString(16)} ${title}`;
  return { kind: 'answer', says: `Minecraft ${edition} ${version} "${title}"`, unique };
}
