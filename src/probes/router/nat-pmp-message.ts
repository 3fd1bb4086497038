import { readIpv4, viewOf } from './bytes.ts';

/** Version 0, opcode 0: the external address (RFC 6886 3.2). */
export const EXTERNAL_ADDRESS_REQUEST: Uint8Array = Uint8Array.of(0, 0);

const MAP_TCP = 2;
/** What a response adds to the opcode of its request (RFC 6886 3.1). */
const RESPONSE = 128;

/** RFC 6886 3.5. */
const UNSUPPORTED_VERSION = 1;
const UNSUPPORTED_OPCODE = 5;

/** Result codes as RFC 6886 3.5 names them. */
export const NAT_PMP_RESULTS: Readonly<Record<number, string>> = {
  1: 'Unsupported Version',
  2: 'Not Authorized/Refused',
  3: 'Network Failure',
  4: 'Out of resources',
  5: 'Unsupported opcode',
};

export interface NatPmpMapping {
  readonly internalPort: number;
  /** 0 where any will do, and where the mapping is to go. */
  readonly externalPort: number;
  /** Seconds; 0 takes the mapping away. */
  readonly lifetime: number;
}

/** A TCP mapping to whoever sends it (RFC 6886 3.3, 3.4). */
export function natPmpMapRequest({ internalPort, externalPort, lifetime }: NatPmpMapping): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = viewOf(bytes);
  view.setUint8(1, MAP_TCP);
  view.setUint16(4, internalPort);
  view.setUint16(6, externalPort);
  view.setUint32(8, lifetime);
  return bytes;
}

/** `unsupported`: something answers there that doesn't speak NAT-PMP, as PCP servers do. */
type Unread = { readonly kind: 'unsupported' | 'malformed'; readonly detail: string };

type ExternalReply =
  | {
      readonly kind: 'answer';
      readonly result: number;
      readonly epochSeconds: number;
      readonly external: string | null;
    }
  | Unread;

/** Reads the answer to EXTERNAL_ADDRESS_REQUEST; never throws. */
export function readExternalAddress(bytes: Uint8Array): ExternalReply {
  const head = readHead(bytes, 0);
  if (head.kind !== 'head') return head;
  const { result, epochSeconds } = head;
  if (result !== 0) return { kind: 'answer', result, epochSeconds, external: null };
  if (bytes.length < 12) return { kind: 'malformed', detail: `${bytes.length} bytes` };
  const told = readIpv4(viewOf(bytes), 8);
  return { kind: 'answer', result, epochSeconds, external: told === '0.0.0.0' ? null : told };
}

type MapReply = ({ readonly kind: 'answer'; readonly result: number } & NatPmpMapping) | Unread;

/** Reads the answer to a TCP mapping for that internal port; never throws. Where the result isn't 0, ports and lifetime are 0. */
export function readMapping(bytes: Uint8Array, internalPort: number): MapReply {
  const head = readHead(bytes, MAP_TCP);
  if (head.kind !== 'head') return head;
  const { result } = head;
  if (result !== 0) return { kind: 'answer', result, internalPort, externalPort: 0, lifetime: 0 };
  if (bytes.length < 16) return { kind: 'malformed', detail: `${bytes.length} bytes` };
  const view = viewOf(bytes);
  if (view.getUint16(8) !== internalPort) return { kind: 'malformed', detail: 'an answer for another port' };
  return {
    kind: 'answer',
    result,
    internalPort,
    externalPort: view.getUint16(10),
    lifetime: view.getUint32(12),
  };
}

function readHead(
  bytes: Uint8Array,
  opcode: number,
): { readonly kind: 'head'; readonly result: number; readonly epochSeconds: number } | Unread {
  if (bytes.length < 8) {
    const [version] = bytes;
    if (version !== undefined && version !== 0) return otherVersion(version);
    return { kind: 'malformed', detail: `${bytes.length} bytes` };
  }
  const view = viewOf(bytes);
  const version = view.getUint8(0);
  // A PCP server says that it can't, in PCP (RFC 6887 9).
  if (version !== 0) return otherVersion(version);
  const result = view.getUint16(2);
  if (result === UNSUPPORTED_VERSION || result === UNSUPPORTED_OPCODE) {
    return { kind: 'unsupported', detail: NAT_PMP_RESULTS[result] ?? '' };
  }
  if (view.getUint8(1) !== RESPONSE + opcode)
    return { kind: 'malformed', detail: `opcode ${view.getUint8(1)}` };
  return { kind: 'head', result, epochSeconds: view.getUint32(4) };
}

const otherVersion = (version: number): Unread => ({
  kind: 'unsupported',
  detail: version === 2 ? 'speaks PCP, not NAT-PMP' : `version ${version}`,
});
