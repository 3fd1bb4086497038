import { decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerSchema } from '../../../src/model/dns-answer.ts';
import { toAnswer, toNameServers } from '../../../src/ports/node/dns/interpret.ts';
import { makeQuery, readReply } from '../../../src/ports/node/dns/message.ts';
import { AA, a, aaaa, cname, ns, soa } from './dns-server.ts';

const NAME = 'home.example.org';

const record = fc.oneof(
  fc.constantFrom(
    a(NAME, '198.51.100.7'),
    aaaa(NAME, '2001:db8::1'),
    aaaa(NAME, '::ffff:192.0.2.1'),
    cname(NAME, 'edge.example.net'),
    cname('edge.example.net', NAME),
    cname('edge.example.net', 'last.example.net'),
    a('last.example.net', '198.51.100.8', 2 ** 32 - 1),
    ns('example.org', 'ns1.example.org'),
    ns('.', 'a.root-servers.net'),
    soa('example.org', 60),
    a('ns1.example.org', '198.51.100.53'),
  ),
);
const section = fc.array(record, { maxLength: 6 });

function read(bytes: Buffer, query: ReturnType<typeof makeQuery>) {
  const reply = readReply(bytes, query);
  if (reply.kind !== 'message') return;
  for (const type of ['A', 'AAAA'] as const) {
    for (const recurse of [true, false]) {
      const answer = toAnswer(reply.message, { name: NAME, type, recurse }, 1);
      answerSchema.parse(answer);
      if (answer.outcome === 'answer') expect(answer.addresses.length).toBeGreaterThan(0);
      else expect(answer.addresses).toEqual([]);
    }
  }
  toNameServers(reply.message, NAME);
}

describe('DNS messages', () => {
  it('asks one question, with EDNS for 1232 bytes', () => {
    const packet = decode(makeQuery(NAME, 'AAAA', true, true).bytes);
    expect(packet).toMatchObject({
      type: 'query',
      flag_rd: true,
      questions: [{ name: NAME, type: 'AAAA', class: 'IN' }],
      additionals: [{ type: 'OPT', udpPayloadSize: 1232 }],
    });
    expect(decode(makeQuery(NAME, 'A', false, false).bytes)).toMatchObject({
      flag_rd: false,
      additionals: [],
    });
  });

  it('gives an answer of the schema for any message that can be written', () => {
    fc.assert(
      fc.property(
        section,
        section,
        section,
        fc.integer({ min: 0, max: 0x7fff }),
        (answers, authorities, additionals, flags) => {
          const query = makeQuery(NAME, 'A', true, true);
          const questions = [{ name: NAME, type: 'A' as const }];
          read(
            encode({ type: 'response', id: query.id, flags, questions, answers, authorities, additionals }),
            query,
          );
        },
      ),
    );
  });

  it('throws for no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const query = makeQuery(NAME, 'A', true, true);
        const own = Buffer.from(bytes);
        if (own.length >= 2) own.writeUInt16BE(query.id);
        read(own, query);
      }),
      { numRuns: 500 },
    );
  });

  it('throws for no message with some bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(section, section, changes, (answers, authorities, all) => {
        const query = makeQuery(NAME, 'A', true, true);
        const questions = [{ name: NAME, type: 'A' as const }];
        const bytes = encode({ type: 'response', id: query.id, flags: AA, questions, answers, authorities });
        for (const [at, value] of all) if (at >= 2 && at < bytes.length) bytes.writeUInt8(value, at);
        read(bytes, query);
      }),
      { numRuns: 500 },
    );
  });

  it('takes little time for a message of pointers to pointers', () => {
    const query = makeQuery(NAME, 'A', true, true);
    const head = encode({
      type: 'response',
      id: query.id,
      flags: AA,
      questions: [{ name: NAME, type: 'A' }],
    });
    const pointers = Buffer.alloc(65_000 - head.length);
    for (let at = 0; at + 2 <= pointers.length; at += 2) {
      pointers.writeUInt16BE(0xc000 | Math.min(0x3fff, head.length + at - 2), at);
    }
    head.writeUInt16BE(5000, 6);
    const started = performance.now();
    read(Buffer.concat([head, pointers]), query);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
