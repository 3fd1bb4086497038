import { randomInt } from 'node:crypto';
import { AUTHORITATIVE_ANSWER, type DecodedPacket, decode, encode, type PacketOpt } from 'dns-packet';
import { plainText } from '../../ports/plain-text.ts';
import { type Asked, type Dialect, FOREIGN, type Reading, TEXT_LENGTH } from './dialect.ts';

/** Bytes of a UDP answer that we take: what passes without fragments everywhere. Source: DNS flag day 2020. */
const UDP_BYTES = 1232;
const HEADER_BYTES = 12;
/** IANA DNS EDNS0 option codes. */
const NSID = 3;
/** Bytes kept of an NSID. */
const NSID_BYTES = 64;
/** RFC 5001: an empty NSID asks which of several servers answers. The package's types leave it out. */
const ASK_NSID = { code: NSID, data: Buffer.alloc(0) } as unknown as PacketOpt;

type Type = 'SOA' | 'NS';

const nameOf = ({ name }: Asked): string => name ?? '.';
const typeOf = ({ name }: Asked): Type => (name === null ? 'NS' : 'SOA');

/**
 * DNS (RFC 1035), without asking for recursion: the SOA of the target's name, for an address the NS of the root. Any
 * answer counts, REFUSED too: somebody speaks DNS there.
 */
export const dns: Dialect = {
  protocol: 'dns',
  question(asked) {
    const id = randomInt(0x10000);
    const [name, type] = [nameOf(asked), typeOf(asked)];
    const payload = encode({
      type: 'query',
      id,
      flags: 0,
      questions: [{ name, type, class: 'IN' }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: UDP_BYTES,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [ASK_NSID],
        },
      ],
    });
    return { payload, read: (bytes) => read(bytes, { id, name, type }) };
  },
  how: (asked) => `dig @${asked.address} -p ${asked.port} +norecurse +nsid ${nameOf(asked)} ${typeOf(asked)}`,
};

interface Query {
  readonly id: number;
  readonly name: string;
  readonly type: Type;
}

function read(bytes: Uint8Array, { id, name, type }: Query): Reading {
  if (bytes.length < HEADER_BYTES || bytes.length > UDP_BYTES) return FOREIGN;
  let packet: DecodedPacket;
  try {
    packet = decode(Buffer.from(bytes));
  } catch {
    return FOREIGN;
  }
  if (packet.id !== id || !packet.flag_qr) return FOREIGN;
  const [question, ...more] = packet.questions ?? [];
  const rcode = (packet.flags ?? 0) & 0xf;
  // A server that couldn't read the question (FORMERR, NOTIMP, REFUSED) may leave it out.
  if (question === undefined && rcode === 0) return FOREIGN;
  const fits =
    question === undefined || (question.name.toLowerCase() === name.toLowerCase() && question.type === type);
  if (more.length > 0 || !fits) return FOREIGN;
  const says = `DNS, ${'rcode' in packet ? String(packet.rcode) : `RCODE ${rcode}`}`;
  return { kind: 'answer', says: plainText(says, TEXT_LENGTH), unique: soaOf(packet) ?? nsidOf(packet) };
}

/** The zone that the server has by its own right, as it has it: whoever answers with that is the service. */
function soaOf(packet: DecodedPacket): string | null {
  if (((packet.flags ?? 0) & AUTHORITATIVE_ANSWER) === 0) return null;
  for (const record of [...(packet.answers ?? []), ...(packet.authorities ?? [])]) {
    if (record.type !== 'SOA') continue;
    const { mname, rname, serial } = record.data;
    return plainText(`SOA ${record.name} ${mname} ${rname} ${serial}`.toLowerCase(), TEXT_LENGTH);
  }
  return null;
}

/** NSID (RFC 5001) in hex; null where the server doesn't tell one. */
function nsidOf(packet: DecodedPacket): string | null {
  for (const record of packet.additionals ?? []) {
    if (record.type !== 'OPT') continue;
    for (const option of record.options ?? []) {
      const data: unknown = 'data' in option ? option.data : null;
      if (Number(option.code) === NSID && data instanceof Uint8Array && data.length > 0) {
        return `NSID ${Buffer.from(data.subarray(0, NSID_BYTES)).toString('hex')}`;
      }
    }
  }
  return null;
}
