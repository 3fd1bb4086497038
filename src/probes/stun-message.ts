import { parseAddress } from '../model/address.ts';

/** RFC 8489: Binding, class request, success and error. */
const REQUEST = 0x0001;
const SUCCESS = 0x0101;
const ERROR = 0x0111;
const MAGIC_COOKIE = 0x2112a442;
const HEADER = 20;
export const TRANSACTION_ID_BYTES = 12;
/** RFC 8489 14.1, 14.2, 14.8. */
const MAPPED_ADDRESS = 0x0001;
const ERROR_CODE = 0x0009;
const XOR_MAPPED_ADDRESS = 0x0020;

/** Bytes of an answer that we take; what passes without fragments everywhere. */
export const STUN_BYTES = 1_232;

interface Mapped {
  readonly address: string;
  readonly port: number;
}

type StunReply =
  | { readonly kind: 'mapped'; readonly mapped: Mapped }
  | { readonly kind: 'error'; readonly code: number }
  /** Of another transaction, or no answer to a Binding request at all. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'malformed' };

/** @param transactionId twelve random bytes. */
export function bindingRequest(transactionId: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, REQUEST);
  view.setUint32(4, MAGIC_COOKIE);
  bytes.set(transactionId.subarray(0, TRANSACTION_ID_BYTES), 8);
  return bytes;
}

/** Reads the answer to a Binding request; never throws. */
export function readBinding(bytes: Uint8Array, transactionId: Uint8Array): StunReply {
  if (bytes.length < HEADER) return { kind: 'foreign' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint16(0);
  const isOurs =
    view.getUint32(4) === MAGIC_COOKIE && transactionId.every((byte, index) => bytes[8 + index] === byte);
  if (!isOurs || (type !== SUCCESS && type !== ERROR)) return { kind: 'foreign' };
  const attributes = readAttributes(bytes, view);
  if (attributes === null) return { kind: 'malformed' };
  if (type === ERROR) {
    const code = attributes.get(ERROR_CODE);
    if (code === undefined || code.length < 4) return { kind: 'malformed' };
    return { kind: 'error', code: ((code[2] ?? 0) & 0x07) * 100 + (code[3] ?? 0) };
  }
  const xored = attributes.get(XOR_MAPPED_ADDRESS);
  const plain = attributes.get(MAPPED_ADDRESS);
  // A router that rewrites addresses in payloads spoils the plain one (RFC 8489 14.2).
  const mapped =
    xored !== undefined
      ? readAddress(xored, bytes.subarray(4, HEADER))
      : plain !== undefined
        ? readAddress(plain, new Uint8Array(16))
        : null;
  return mapped === null ? { kind: 'malformed' } : { kind: 'mapped', mapped };
}

/** The first of each type counts (RFC 8489 14); null where a length is wrong. */
function readAttributes(bytes: Uint8Array, view: DataView): Map<number, Uint8Array> | null {
  const end = HEADER + view.getUint16(2);
  if (end > bytes.length || end % 4 !== 0) return null;
  const attributes = new Map<number, Uint8Array>();
  let offset = HEADER;
  while (offset < end) {
    const type = view.getUint16(offset);
    const length = view.getUint16(offset + 2);
    const next = offset + 4 + Math.ceil(length / 4) * 4;
    if (next > end) return null;
    if (!attributes.has(type)) attributes.set(type, bytes.subarray(offset + 4, offset + 4 + length));
    offset = next;
  }
  return attributes;
}

/** @param mask cookie and transaction id, with which address and port are XORed; zeros where they aren't. */
function readAddress(value: Uint8Array, mask: Uint8Array): Mapped | null {
  const length = value[1] === 1 ? 4 : value[1] === 2 ? 16 : 0;
  if (length === 0 || value.length !== 4 + length) return null;
  const at = (index: number, key: number) => (value[index] ?? 0) ^ (mask[key] ?? 0);
  const port = (at(2, 0) << 8) | at(3, 1);
  const parts = Array.from({ length }, (_, index) => at(4 + index, index));
  const text =
    length === 4
      ? parts.join('.')
      : Array.from({ length: 8 }, (_, index) =>
          (((parts[2 * index] ?? 0) << 8) | (parts[2 * index + 1] ?? 0)).toString(16),
        ).join(':');
  const address = parseAddress(text);
  return address === null || port === 0 ? null : { address, port };
}
