import { randomBytes, randomInt } from 'node:crypto';
import { familyOf } from '../../model/address.ts';
import { shellQuoted } from '../../model/shell.ts';
import { hostPort } from '../../model/target.ts';
import { type Dialect, FOREIGN, type Reading, startsWith, TEXT_LENGTH, viewOf } from './dialect.ts';

/** Bytes: a server need not answer a shorter one (RFC 9000 6.1 and 14.1). */
const DATAGRAM = 1200;
const ID_BYTES = 8;
/** Header form and fixed bit (RFC 9000 17.2); what is below depends on the version. */
const LONG_HEADER = 0xc0;

/**
 * QUIC (RFC 9000): a long header with a version that is reserved so that no server knows it (15), to which each that
 * serves QUIC answers with Version Negotiation (6.1). The connection ids come back, changed round (17.2.1).
 */
export const quic: Dialect = {
  protocol: 'quic',
  question() {
    const destination = randomBytes(ID_BYTES);
    const source = randomBytes(ID_BYTES);
    const payload = new Uint8Array(DATAGRAM);
    payload[0] = LONG_HEADER;
    viewOf(payload).setUint32(1, reservedVersion());
    payload[5] = ID_BYTES;
    payload.set(destination, 6);
    payload[6 + ID_BYTES] = ID_BYTES;
    payload.set(source, 7 + ID_BYTES);
    return { payload, read: (bytes) => read(bytes, destination, source) };
  },
  how({ address, name, port }) {
    const to = name === null ? '' : ` --connect-to ${shellQuoted(`::${hostPort(address, port)}`)}`;
    const url = shellQuoted(`https://${hostPort(name ?? address, port)}/`);
    return `curl --http3-only -${familyOf(address) === 'ipv4' ? 4 : 6} -skv -o /dev/null${to} ${url}`;
  },
};

/** RFC 9000 15: each byte ends in 0xa. */
const reservedVersion = (): number => ((randomInt(0x1_0000_0000) & 0xf0f0f0f0) | 0x0a0a0a0a) >>> 0;

function read(bytes: Uint8Array, destination: Uint8Array, source: Uint8Array): Reading {
  const versionsAt = 7 + 2 * ID_BYTES;
  const length = bytes.length - versionsAt;
  if (length < 4 || length % 4 !== 0 || bytes.length > DATAGRAM) return FOREIGN;
  const view = viewOf(bytes);
  const isNegotiation = ((bytes[0] ?? 0) & 0x80) !== 0 && view.getUint32(1) === 0;
  const isOurs =
    bytes[5] === ID_BYTES &&
    startsWith(bytes, source, 6) &&
    bytes[6 + ID_BYTES] === ID_BYTES &&
    startsWith(bytes, destination, 7 + ID_BYTES);
  if (!isNegotiation || !isOurs) return FOREIGN;
  const versions = Array.from({ length: length / 4 }, (_, index) => view.getUint32(versionsAt + 4 * index));
  return {
    kind: 'answer',
    says: `QUIC ${versions.map(shown).join(', ')}`.slice(0, TEXT_LENGTH),
    unique: null,
  };
}

const shown = (version: number): string =>
  version === 1 ? 'version 1' : `0x${version.toString(16).padStart(8, '0')}`;
