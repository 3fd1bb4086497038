import { describe, expect, it } from 'vitest';
import { createDns } from '../../../src/ports/node/dns/dns.ts';
import { ask, NAME, serverFor } from './ask.ts';
import { AA, a, aaaa, always, cname, ns, RA, replyTo, soa, streamed, TC } from './dns-server.ts';
import { never } from './loopback.ts';

describe('answers', () => {
  it('gives addresses with their TTL', async () => {
    const answer = await ask({ udp: always(AA, { answers: [a(NAME, '198.51.100.7', 60)] }) });
    expect(answer).toMatchObject({
      outcome: 'answer',
      rcode: 'NOERROR',
      authoritative: true,
      recursionAvailable: false,
      addresses: [{ address: '198.51.100.7', ttl: 60 }],
    });
  });

  it('takes names in any case', async () => {
    const answer = await ask(
      { udp: always(AA, { answers: [a('HOME.Example.ORG', '198.51.100.7')] }) },
      { name: 'Home.example.org' },
    );
    expect(answer.addresses).toHaveLength(1);
  });

  it('works over IPv6', async () => {
    const { port } = await serverFor(
      { udp: always(AA, { answers: [aaaa(NAME, '2001:0db8::0001')] }) },
      '::1',
    );
    const answer = await createDns({ port }).ask(
      { server: '::1', name: NAME, type: 'AAAA', recurse: false, timeoutMs: 300 },
      never,
    );
    expect(answer.addresses).toEqual([{ address: '2001:db8::1', ttl: 300 }]);
  });

  it('follows CNAME records in the answer, whatever their order', async () => {
    const answer = await ask({
      udp: always(RA, {
        answers: [
          a('edge.example.net', '198.51.100.7'),
          cname('www.example.net', 'edge.example.net'),
          cname(NAME, 'www.example.net'),
        ],
      }),
    });
    expect(answer.chain.map(({ target }) => target)).toEqual(['www.example.net', 'edge.example.net']);
    expect(answer.addresses).toHaveLength(1);
  });

  it('ignores addresses of other names', async () => {
    const answer = await ask({ udp: always(AA, { answers: [a('other.example.org', '198.51.100.7')] }) });
    expect(answer).toMatchObject({ outcome: 'no-data', addresses: [] });
  });

  it('keeps at most 64 of 1000 addresses', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => a(NAME, `198.51.${100 + (n >> 8)}.${n & 255}`));
    const answer = await ask({
      udp: always(AA | TC),
      tcp: (query, socket) => socket.end(streamed(replyTo(query, AA, { answers: many }))),
    });
    expect(answer.addresses).toHaveLength(64);
  });

  it.each([
    ['a loop', [cname(NAME, 'b.example.org'), cname('b.example.org', NAME)]],
    ['a loop onto itself', [cname(NAME, NAME)]],
    [
      'an endless chain',
      [
        cname(NAME, 'c0.example.org'),
        ...Array.from({ length: 40 }, (_, n) => cname(`c${n}.example.org`, `c${n + 1}.example.org`)),
      ],
    ],
  ])('calls %s of CNAME records malformed', async (_, answers) => {
    const answer = await ask({ udp: always(AA, { answers }) });
    expect(answer.outcome).toBe('malformed');
    expect(answer.chain.length).toBeLessThanOrEqual(16);
  });

  it("doesn't take an IPv4-mapped AAAA for an IPv6 address", async () => {
    const answer = await ask(
      { udp: always(AA, { answers: [aaaa(NAME, '::ffff:198.51.100.7')] }) },
      { type: 'AAAA' },
    );
    expect(answer).toMatchObject({ outcome: 'malformed', addresses: [] });
  });

  it('makes text of hostile names harmless', async () => {
    const answer = await ask({ udp: always(RA, { answers: [cname(NAME, 'evil\u001b[31m\u202e.example')] }) });
    expect(answer.chain[0]?.target).toBe('evil [31m .example');
  });
});

describe('outcomes without addresses', () => {
  const soaOf = { authorities: [soa('example.org', 60)] };
  const refer = { authorities: [ns('example.org', 'ns1.example.org')] };
  const alias = { answers: [cname(NAME, 'edge.example.net')] };
  it.each([
    ['NODATA', AA, soaOf, false, 'no-data', 'NOERROR'],
    ['NODATA without SOA', AA, {}, false, 'no-data', 'NOERROR'],
    ['NODATA of a resolver', RA, soaOf, true, 'no-data', 'NOERROR'],
    ['NODATA of a resolver without SOA', RA, {}, true, 'no-data', 'NOERROR'],
    ['NXDOMAIN', AA | 3, soaOf, false, 'nxdomain', 'NXDOMAIN'],
    ['SERVFAIL', 2, {}, false, 'servfail', 'SERVFAIL'],
    ['REFUSED', 5, {}, false, 'refused', 'REFUSED'],
    ['NOTAUTH', 9, {}, false, 'other', 'NOTAUTH'],
    ['referral', 0, refer, false, 'referral', 'NOERROR'],
    ['upward referral', 0, { authorities: [ns('.', 'a.root-servers.net')] }, false, 'referral', 'NOERROR'],
    ['alias into another zone', AA, alias, false, 'referral', 'NOERROR'],
    ['alias into another zone, of a server that also recurses', AA | RA, alias, false, 'referral', 'NOERROR'],
    ['alias without addresses, of a resolver', RA, alias, true, 'no-data', 'NOERROR'],
  ] as const)('%s', async (_, flags, sections, recurse, outcome, rcode) => {
    const mutable = JSON.parse(JSON.stringify(sections));
    expect(await ask({ udp: always(flags, mutable) }, { recurse })).toMatchObject({
      outcome,
      rcode,
      addresses: [],
    });
  });

  it('keeps who denies, and for how long caches keep that', async () => {
    const answer = await ask({ udp: always(AA | 3, { authorities: [soa('example.org', 60, 3600)] }) });
    expect(answer.soa).toEqual({ zone: 'example.org', negativeTtl: 60 });
  });

  it('reads RCODEs that need EDNS', async () => {
    const opt = {
      type: 'OPT',
      name: '.',
      extendedRcode: 1,
      udpPayloadSize: 1232,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    } as const;
    const answer = await ask({ udp: always(0, { additionals: [{ ...opt, options: [] }] }) });
    expect(answer).toMatchObject({ outcome: 'other', rcode: 'BADVERS' });
  });

  it('asks again without EDNS where the server turns it down', async () => {
    const answer = await ask({
      udp: (query, socket, from) => {
        const refused = (query.additionals ?? []).length > 0;
        const sections = refused ? { questions: [] } : { answers: [a(NAME, '198.51.100.7')] };
        socket.send(replyTo(query, refused ? 1 : AA, sections), from.port, from.address);
      },
    });
    expect(answer.outcome).toBe('answer');
  });
});
