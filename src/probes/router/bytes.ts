import { familyOf, parseAddress } from '../../model/address.ts';

/** Big-endian view of a datagram. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Dotted quad of four bytes. @throws RangeError where there are fewer. */
export function readIpv4(view: DataView, offset: number): string {
  return [0, 1, 2, 3].map((index) => view.getUint8(offset + index)).join('.');
}

/** Canonical text of sixteen bytes; IPv4-mapped ones become IPv4. @throws RangeError where there are fewer. */
export function readIpv6(view: DataView, offset: number): string {
  const words = [0, 2, 4, 6, 8, 10, 12, 14].map((index) => view.getUint16(offset + index).toString(16));
  return parseAddress(words.join(':')) ?? '::';
}

/** Sixteen bytes: IPv4 as IPv4-mapped (RFC 4291 2.5.5.2). @throws RangeError where the text is no address. */
export function sixteenBytes(address: string): Uint8Array {
  if (familyOf(address) === 'ipv4') {
    return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...address.split('.').map(Number));
  }
  const [head = '', tail] = address.split('::');
  const words = (text: string) =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}
