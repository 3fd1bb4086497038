/** TLS ClientHellos that no library would send (RFC 8446, section 4.1.2; RFC 6066, section 3). */

interface HelloOptions {
  /** Extensions beside the names: type and content. */
  readonly extensions?: readonly (readonly [type: number, content: Buffer])[];
  /** Cuts the handshake message into records of so many bytes. */
  readonly recordBytes?: number;
}

/** @param names In the one extension for it; none for no extension. */
export function clientHello(names: readonly string[], options: HelloOptions = {}): Buffer {
  const extensions = [
    ...(names.length === 0 ? [] : [[0, serverNames(names)] as const]),
    [10, sized(2, uint(2, 29))] as const, // x25519
    [13, sized(2, Buffer.from('08040403', 'hex'))] as const,
    ...(options.extensions ?? []),
  ].map(([type, content]) => Buffer.concat([uint(2, type), sized(2, content)]));
  const body = Buffer.concat([
    uint(2, 0x0303),
    Buffer.alloc(32, 7),
    sized(1, Buffer.alloc(0)),
    sized(2, Buffer.from('c02fc02b1301', 'hex')),
    sized(1, Buffer.alloc(1)),
    sized(2, Buffer.concat(extensions)),
  ]);
  return records(Buffer.concat([uint(1, 1), sized(3, body)]), options.recordBytes ?? 16_384);
}

/** The content of the extension server_name. */
export const serverNames = (names: readonly string[]): Buffer =>
  sized(
    2,
    Buffer.concat(names.map((name) => Buffer.concat([uint(1, 0), sized(2, Buffer.from(name, 'latin1'))]))),
  );

/** A hello as SSL 2 had it, with room for nothing but ciphers. */
export function oldHello(): Buffer {
  const body = Buffer.concat([
    Buffer.from('010300', 'hex'),
    uint(2, 3),
    uint(2, 0),
    uint(2, 16),
    Buffer.from('010080', 'hex'),
    Buffer.alloc(16, 7),
  ]);
  return Buffer.concat([uint(2, 0x8000 | body.length), body]);
}

function records(message: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    parts.push(Buffer.concat([Buffer.from('160301', 'hex'), sized(2, part)]));
  }
  return Buffer.concat(parts);
}

function uint(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

const sized = (bytes: number, content: Buffer): Buffer =>
  Buffer.concat([uint(bytes, content.length), content]);
