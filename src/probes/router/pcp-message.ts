import { readIpv6, sixteenBytes, viewOf } from './bytes.ts';

/** RFC 6887. */
const VERSION = 2;
const ANNOUNCE = 0;
const MAP = 1;
const RESPONSE = 0x80;
/** Bytes of the common header, and of what MAP adds (RFC 6887 7.1, 11.1). */
const HEADER = 24;
const MAP_DATA = 36;
export const NONCE_BYTES = 12;
/** IANA protocol number. */
const TCP = 6;
/** The suggested port or nothing (RFC 6887 13.2); an option without data. */
const PREFER_FAILURE = Uint8Array.of(2, 0, 0, 0);
/** RFC 6887 7.4. */
const UNSUPP_VERSION = 1;

/** Result codes as RFC 6887 7.4 names them. */
export const PCP_RESULTS: Readonly<Record<number, string>> = {
  1: 'UNSUPP_VERSION',
  2: 'NOT_AUTHORIZED',
  3: 'MALFORMED_REQUEST',
  4: 'UNSUPP_OPCODE',
  5: 'UNSUPP_OPTION',
  6: 'MALFORMED_OPTION',
  7: 'NETWORK_FAILURE',
  8: 'NO_RESOURCES',
  9: 'UNSUPP_PROTOCOL',
  10: 'USER_EX_QUOTA',
  11: 'CANNOT_PROVIDE_EXTERNAL',
  12: 'ADDRESS_MISMATCH',
  13: 'EXCESSIVE_REMOTE_PEERS',
};

/** @param client the own address: a server that sees another one knows of a NAT in between. */
export const announceRequest = (client: string): Uint8Array => header(ANNOUNCE, 0, client, HEADER);

export interface PcpMapping {
  readonly client: string;
  /** Twelve bytes; who doesn't know them can't change the mapping. */
  readonly nonce: Uint8Array;
  readonly internalPort: number;
  readonly externalPort: number;
  /** Seconds; 0 takes the mapping away. */
  readonly lifetime: number;
}

/** A TCP mapping at exactly the external port, or its removal (RFC 6887 11, 15). */
export function pcpMapRequest({
  client,
  nonce,
  internalPort,
  externalPort,
  lifetime,
}: PcpMapping): Uint8Array {
  // An option that asks for more than a removal is refused (RFC 6887 13.2).
  const option = lifetime === 0 ? new Uint8Array() : PREFER_FAILURE;
  const bytes = header(MAP, lifetime, client, HEADER + MAP_DATA + option.length);
  const view = viewOf(bytes);
  bytes.set(nonce.subarray(0, NONCE_BYTES), HEADER);
  view.setUint8(36, TCP);
  view.setUint16(40, internalPort);
  view.setUint16(42, externalPort);
  bytes.set(sixteenBytes('0.0.0.0'), 44);
  bytes.set(option, HEADER + MAP_DATA);
  return bytes;
}

function header(opcode: number, lifetime: number, client: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  view.setUint8(0, VERSION);
  view.setUint8(1, opcode);
  view.setUint32(4, lifetime);
  bytes.set(sixteenBytes(client), 8);
  return bytes;
}

/** `unsupported`: something answers there that doesn't speak PCP version 2, as NAT-PMP servers do. */
type Unread = { readonly kind: 'unsupported' | 'malformed'; readonly detail: string };

interface Head {
  readonly version: number;
  readonly result: number;
  /** Seconds. */
  readonly lifetime: number;
  readonly epochSeconds: number;
}

/** Reads the answer to an ANNOUNCE; never throws. */
export const readAnnounce = (bytes: Uint8Array): ({ readonly kind: 'answer' } & Head) | Unread =>
  readHead(bytes, ANNOUNCE);

type MapReply =
  | ({ readonly kind: 'answer'; readonly mapped: null } & Head)
  | ({
      readonly kind: 'answer';
      readonly mapped: { readonly externalPort: number; readonly external: string };
    } & Head)
  | Unread;

/** Reads the answer to a mapping; never throws. `mapped` is null where the result isn't 0. */
export function readPcpMapping(bytes: Uint8Array, { nonce, internalPort }: PcpMapping): MapReply {
  const head = readHead(bytes, MAP);
  if (head.kind !== 'answer') return head;
  if (head.result !== 0) return { ...head, mapped: null };
  if (bytes.length < HEADER + MAP_DATA) return { kind: 'malformed', detail: `${bytes.length} bytes` };
  const view = viewOf(bytes);
  const isOurs = nonce.every((byte, index) => bytes[HEADER + index] === byte);
  if (!isOurs || view.getUint8(36) !== TCP || view.getUint16(40) !== internalPort) {
    return { kind: 'malformed', detail: 'an answer to another request' };
  }
  return { ...head, mapped: { externalPort: view.getUint16(42), external: readIpv6(view, 44) } };
}

function readHead(bytes: Uint8Array, opcode: number): ({ readonly kind: 'answer' } & Head) | Unread {
  const [version] = bytes;
  if (version === undefined) return { kind: 'malformed', detail: 'empty' };
  // A NAT-PMP server says that it can't, in NAT-PMP (RFC 6886 9, RFC 6887 appendix A).
  if (version === 0) return { kind: 'unsupported', detail: 'speaks NAT-PMP, not PCP' };
  if (version !== VERSION) return { kind: 'unsupported', detail: `version ${version}` };
  if (bytes.length < HEADER) return { kind: 'malformed', detail: `${bytes.length} bytes` };
  const view = viewOf(bytes);
  const result = view.getUint8(3);
  if (result === UNSUPP_VERSION) return { kind: 'unsupported', detail: PCP_RESULTS[result] ?? '' };
  if (view.getUint8(1) !== (RESPONSE | opcode)) {
    return { kind: 'malformed', detail: `opcode ${view.getUint8(1)}` };
  }
  return { kind: 'answer', version, result, lifetime: view.getUint32(4), epochSeconds: view.getUint32(8) };
}
