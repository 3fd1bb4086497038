import { type Answer, AUTHORITATIVE_ANSWER, decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type UdpProtocol, udpProtocolSchema } from '../../../src/model/facts/udp.ts';
import type { Question } from '../../../src/probes/udp-reach/dialect.ts';
import { DIALECTS } from '../../../src/probes/udp-reach/registry.ts';

const ASKED = { name: 'home.example.org', address: '192.0.2.1', port: 5000 };
const ask = (protocol: UdpProtocol): Question => DIALECTS[protocol].question(ASKED);
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/gu, ''), 'hex'));
const bytes = (...parts: (string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? hex(part) : part))));

const SOA: Answer = {
  type: 'SOA',
  name: 'example.org',
  ttl: 300,
  data: {
    mname: 'NS1.example.org',
    rname: 'root.example.org',
    serial: 7,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum: 1,
  },
};

function dnsAnswer({ payload }: Question, more: object = {}): Uint8Array {
  const query = decode(Buffer.from(payload));
  return new Uint8Array(
    encode({ type: 'response', id: query.id ?? 0, flags: 0, questions: query.questions ?? [], ...more }),
  );
}

/** An answer to each question, in the form that real servers give. */
const ANSWERS: Readonly<Record<Exclude<UdpProtocol, 'none'>, (question: Question) => Uint8Array>> = {
  dns: (question) => dnsAnswer(question, { flags: AUTHORITATIVE_ANSWER, authorities: [SOA] }),
  // A real capture: aioquic 1.7.2 on this machine; only the connection ids are the question's.
  quic: ({ payload }) =>
    bytes('ba 00000000 08', payload.subarray(15, 23), '08', payload.subarray(6, 14), '00000001 6b3343cf'),
  // A real capture: coturn 4.6.1 on this machine, with the transaction id of the question.
  stun: ({ payload }) =>
    bytes('0101 0024 2112a442', payload.subarray(8, 20), '0020 0008 0001 b58a 5e12a443', SOFTWARE),
  // The form of WireGuard's white paper, 5.4.3: nobody without the server's key gets it.
  wireguard: ({ payload }) => {
    const reply = new Uint8Array(92);
    reply.set([2, 0, 0, 0]);
    reply.set(payload.subarray(4, 8), 8);
    return reply;
  },
  // The form in which docs.rs/raknet-rust (handshake/offline.rs, decode_pong) reads it; the text is made up.
  bedrock: ({ payload }) => pong(payload.subarray(1, 9), '5c19 a2bf 0011 2233', MOTD),
  // The form of Valve's documentation ("Server queries", A2S_INFO); the values are made up.
  'source-query': () => info('b1', '8769', '0100 0000 0000 4001'),
};

const SOFTWARE = '8022 0014 436f7475726e2d342e362e312027476f72737427';
const MOTD = 'MCPE;Home;475;1.18.0;0;10;6637;World;Survival;1;19132;19133;';
const MAGIC = '00ffff00fefefefefdfdfdfd12345678';

function pong(time: Uint8Array, guid: string, text: string): Uint8Array {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return bytes('1c', time, guid, MAGIC, length, Buffer.from(text));
}

const text = (value: string): Uint8Array => Buffer.from(`${value}\0`);

/** @param flags what follows the version: a port and a SteamID for b1 without the others' bits */
function info(flags: string, port: string, steamId: string): Uint8Array {
  return bytes(
    'ffffffff 49 11',
    ...['My server', 'de_dust2', 'cstrike', 'Counter-Strike'].map(text),
    'f000 05 20 00 64 6c 00 01',
    text('1.0.0.0'),
    flags,
    port,
    steamId,
  );
}

const SPOKEN = udpProtocolSchema.options.filter((each) => each !== 'none');

// Of A2S_INFO nothing comes back by which the question is known.
test.each(SPOKEN.filter((each) => each !== 'source-query'))(
  '%s takes no answer to another question',
  (protocol) => {
    expect(ask(protocol).read(ANSWERS[protocol](ask(protocol)))).toEqual({ kind: 'foreign' });
  },
);

describe.each(SPOKEN)('%s', (protocol) => {
  test('takes the answer to its own question', () => {
    const question = ask(protocol);
    expect(question.read(ANSWERS[protocol](question))).toMatchObject({ kind: 'answer' });
  });

  test('nor any that is cut off, or its own question sent back', () => {
    const question = ask(protocol);
    const answer = ANSWERS[protocol](question);
    // Behind the first bytes of a game's answer, what is missing only tells less.
    const shortest = { dns: 12, 'source-query': 24 }[protocol as string] ?? answer.length - 1;
    for (let length = 0; length < shortest; length += 1) {
      // QUIC's list of versions ends anywhere; it needs one.
      if (protocol === 'quic' && length === answer.length - 4) continue;
      expect(question.read(answer.subarray(0, length)), `${length} bytes`).toEqual({ kind: 'foreign' });
    }
    expect(question.read(question.payload)).toEqual({ kind: 'foreign' });
  });

  test('reads whatever comes without a throw, and in bounds', () => {
    const question = ask(protocol);
    const answer = ANSWERS[protocol](question);
    const edited = fc.array(fc.tuple(fc.nat(answer.length - 1), fc.nat(255)), { maxLength: 6 });
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 1500 }),
      edited.map((edits) => {
        const copy = answer.slice();
        for (const [at, byte] of edits) copy[at] = byte;
        return copy;
      }),
      fc.uint8Array({ maxLength: 1200 }).map((more) => bytes(answer, more)),
    );
    fc.assert(
      fc.property(hostile, (datagram) => {
        const reading = question.read(datagram);
        if (reading.kind === 'foreign') return;
        expect(reading.says.length).toBeLessThanOrEqual(300);
        expect(reading.unique?.length ?? 0).toBeLessThanOrEqual(300);
        expect(`${reading.says}${reading.unique}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  test('gives a command that a shell reads as one line', () => {
    const how = DIALECTS[protocol].how(ASKED);
    expect(how).toContain('192.0.2.1');
    expect(how).toMatch(/^[\x20-\x7e]+$/u);
  });
});

describe('what tells a server from others', () => {
  const uniqueOf = (protocol: UdpProtocol, answer: (question: Question) => Uint8Array) => {
    const question = ask(protocol);
    const reading = question.read(answer(question));
    return reading.kind === 'answer' ? reading.unique : 'foreign';
  };
  const edns = (data: string) => ({
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        flags: 0,
        options: [{ code: 3, data: Buffer.from(data) }],
      },
    ],
  });

  test.each<[string, object, string | null]>([
    [
      'its own zone',
      { flags: AUTHORITATIVE_ANSWER, authorities: [SOA] },
      'soa example.org ns1.example.org root.example.org 7',
    ],
    ['a zone that it only passes on', { authorities: [SOA] }, null],
    ['a refusal', { flags: 5 }, null],
    ['a refusal without the question', { flags: 5, questions: [] }, null],
    ['success without the question', { questions: [] }, 'foreign'],
    ['its NSID', { flags: 5, ...edns('home') }, 'NSID 686f6d65'],
    ['an empty NSID', { flags: 5, ...edns('') }, null],
    ['another question', { questions: [{ name: 'other.example.org', type: 'SOA', class: 'IN' }] }, 'foreign'],
  ])('DNS: %s', (_, more, expected) => {
    expect(uniqueOf('dns', (question) => dnsAnswer(question, more))).toBe(expected);
  });

  test.each<[string, string, string | null]>([
    ['a GUID drawn at random', '5c19 a2bf 0011 2233', 'GUID 5c19a2bf00112233 Home'],
    ['a small one, which others have too', '0000 0000 0000 0008', null],
  ])('Minecraft: %s', (_, guid, expected) => {
    expect(uniqueOf('bedrock', ({ payload }) => pong(payload.subarray(1, 9), guid, MOTD))).toBe(expected);
  });

  test.each<[string, Uint8Array, string | null]>([
    ['a SteamID behind the port', info('90', '8769', '0100 0000 0000 4001'), 'SteamID 90071992547409921'],
    ['a SteamID without a port', info('10', '', '0100 0000 0000 4001'), 'SteamID 90071992547409921'],
    ['no SteamID', info('80', '8769', ''), null],
    ['one of zero', info('10', '', '0000 0000 0000 0000'), null],
    ['one that is cut off', info('10', '', '0100 0000'), null],
  ])('Source: %s', (_, answer, expected) => {
    expect(uniqueOf('source-query', () => answer)).toBe(expected);
  });

  test('a Source server that wants its challenge back gets it once', () => {
    const challenge = bytes('ffffffff 41 0a0b0c0d');
    const first = ask('source-query').read(challenge);
    if (first.kind !== 'answer' || first.more === undefined) throw new Error('no second question');
    expect(Buffer.from(first.more.payload).toString('hex')).toMatch(/^ffffffff54.*000a0b0c0d$/u);
    const second = first.more.read(challenge);
    expect(second).toEqual({ kind: 'answer', says: 'Source server query', unique: null });
  });
});

test('QUIC is asked in a datagram to which every server has to answer, of a version that none has', () => {
  for (let tries = 0; tries < 50; tries += 1) {
    const { payload } = ask('quic');
    expect(payload).toHaveLength(1200);
    expect(Buffer.from(payload.subarray(1, 5)).toString('hex')).toMatch(/^(?:[0-9a-f]a){4}$/u);
  }
});
