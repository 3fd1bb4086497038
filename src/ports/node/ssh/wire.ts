/** The peer doesn't keep to the SSH protocol, or its proof doesn't hold. The message is ours, never the peer's. */
export class SshError extends Error {
  override readonly name = 'SshError';
}

/** Reads the types of RFC 4251 5 from one message. @throws SshError past its end. */
export class WireReader {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  bytes(length: number): Buffer {
    if (length > this.#rest.length) throw new SshError('a message ends too soon');
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  byte(): number {
    return this.bytes(1).readUInt8();
  }

  string(): Buffer {
    return this.bytes(this.bytes(4).readUInt32BE());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  nameList(): string[] {
    return this.text().split(',');
  }

  /** A positive number as big-endian bytes without leading zeros. */
  positive(): Buffer {
    const bytes = this.string();
    const [first] = bytes;
    if (first !== undefined && first >= 0x80) throw new SshError('a number is negative');
    return withoutLeadingZeros(bytes);
  }
}

const withoutLeadingZeros = (bytes: Buffer): Buffer => {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? Buffer.alloc(0) : bytes.subarray(start);
};

export function writeString(content: Buffer | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number (mpint): a zero byte goes before a set top bit, which would make it negative. */
export function writePositive(bigEndian: Buffer): Buffer {
  const bytes = withoutLeadingZeros(bigEndian);
  const [first] = bytes;
  return writeString(first !== undefined && first >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** Bytes: padding fills up to a multiple of 8 before keys are in use, and is at least 4 (RFC 4253 6). */
const BLOCK = 8;
const MIN_PADDING = 4;

/** One unencrypted packet. */
export function writePacket(payload: Buffer): Buffer {
  const unpadded = 4 + 1 + payload.length;
  const padding = BLOCK - (unpadded % BLOCK);
  const paddingLength = padding < MIN_PADDING ? padding + BLOCK : padding;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + paddingLength);
  head.writeUInt8(paddingLength, 4);
  return Buffer.concat([head, payload, Buffer.alloc(paddingLength)]);
}
