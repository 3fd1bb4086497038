import { SshError, WireReader } from './wire.ts';

/** Bytes of one packet that every implementation takes (RFC 4253 6.1). */
const MAX_PACKET = 35_000;
/** Lines, and bytes of each, that a server may send before its version (RFC 4253 4.2 bounds only the version: 255). */
const MAX_LINES = 32;
const MAX_LINE = 1024;
const MAX_VERSION = 255;
/** Bytes in all; a key exchange takes about 3 kB. */
const MAX_TOTAL = 256 * 1024;

/** Cuts what a server sends, before keys are in use, into its version line and the payloads of its packets. */
export class SshReceiver {
  #rest = Buffer.alloc(0);
  #total = 0;
  #lines = 0;
  #version: string | null = null;

  /** The server's version without the line's end; null until it has come. */
  get version(): string | null {
    return this.#version;
  }

  /**
   * Takes what has come and returns the packets that are complete now.
   * @throws SshError where it is not SSH, or too much.
   */
  push(part: Buffer): Buffer[] {
    this.#total += part.length;
    if (this.#total > MAX_TOTAL) throw new SshError('the server sends too much');
    this.#rest = Buffer.concat([this.#rest, part]);
    while (this.#version === null) {
      const line = this.#line();
      if (line === null) return [];
      if (line.startsWith('SSH-')) this.#version = checkedVersion(line);
    }
    const packets: Buffer[] = [];
    for (let packet = this.#packet(); packet !== null; packet = this.#packet()) packets.push(packet);
    return packets;
  }

  #line(): string | null {
    const end = this.#rest.indexOf('\n');
    if (end > MAX_LINE || (end === -1 && this.#rest.length > MAX_LINE))
      throw new SshError('a line is too long');
    if (end === -1) return null;
    this.#lines += 1;
    if (this.#lines > MAX_LINES) throw new SshError('no version among the first lines');
    const line = this.#rest.subarray(0, end).toString('latin1').replace(/\r$/u, '');
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  #packet(): Buffer | null {
    if (this.#rest.length < 4) return null;
    const length = this.#rest.readUInt32BE();
    if (length < 2 || length > MAX_PACKET) throw new SshError('a packet has no possible length');
    if (this.#rest.length < 4 + length) return null;
    const reader = new WireReader(this.#rest.subarray(4, 4 + length));
    this.#rest = this.#rest.subarray(4 + length);
    const padding = reader.byte();
    if (padding + 2 > length) throw new SshError('a packet is nothing but padding');
    return reader.bytes(length - 1 - padding);
  }
}

function checkedVersion(line: string): string {
  // 1.99 is a server that speaks 2.0 and the old protocol (RFC 4253 5.1).
  if (!/^SSH-(?:2\.0|1\.99)-/u.test(line)) throw new SshError('not version 2 of SSH');
  if (line.length > MAX_VERSION) throw new SshError('the version is too long');
  return line;
}
