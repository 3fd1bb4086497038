import { describe, expect, it } from 'vitest';
import { createDns, systemResolvers } from '../../../src/ports/node/dns/dns.ts';
import { type Behaviour, NAME, serverFor } from './ask.ts';
import { AA, a, aaaa, always, caa, cname, ns, RA, soa } from './dns-server.ts';
import { never } from './loopback.ts';

describe('name servers', () => {
  async function nameServers(behaviour: Behaviour) {
    const { port } = await serverFor(behaviour);
    return createDns({ port }).nameServers(
      { server: '127.0.0.1', name: NAME, recurse: false, timeoutMs: 300 },
      never,
    );
  }

  it('reads a referral with the addresses that come along', async () => {
    const found = await nameServers({
      udp: always(0, {
        authorities: [ns('example.org', 'ns1.example.org'), ns('example.org', 'NS2.example.net')],
        additionals: [a('ns1.example.org', '198.51.100.53'), aaaa('ns1.example.org', '2001:db8::53')],
      }),
    });
    expect(found).toEqual({
      zone: 'example.org',
      kind: 'referral',
      authoritative: false,
      servers: [
        { name: 'ns1.example.org', addresses: ['198.51.100.53', '2001:db8::53'] },
        { name: 'ns2.example.net', addresses: [] },
      ],
    });
  });

  it('reads an answer', async () => {
    const found = await nameServers({ udp: always(AA, { answers: [ns(NAME, 'ns1.example.org')] }) });
    expect(found).toMatchObject({ zone: NAME, kind: 'answer', authoritative: true });
  });

  it.each([
    ['NODATA', always(AA, { authorities: [soa('example.org', 60)] })],
    ['NXDOMAIN', always(AA | 3, { authorities: [soa('example.org', 60)] })],
    ['SERVFAIL', always(2)],
    ['an alias', always(AA, { answers: [cname(NAME, 'edge.example.net')] })],
    [
      'a referral to a zone that the name is not in',
      always(0, { authorities: [ns('example.net', 'ns.example.net')] }),
    ],
  ])('has nothing from %s', async (_, udp) => {
    expect(await nameServers({ udp })).toBeNull();
  });
});

describe('resolvers', () => {
  it('reads every form that Node gives, and leaves out what a plain address would miss', () => {
    expect(
      systemResolvers([
        '192.0.2.1',
        '192.0.2.2:53',
        '192.0.2.3:5353',
        '2001:DB8::1',
        '[2001:db8::2]:53',
        '[2001:db8::3]:5353',
        'fe80::1%eth0',
        '192.0.2.1',
      ]),
    ).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2']);
  });

  it('lists those of this machine', async () => {
    expect(Array.isArray(await createDns().resolvers())).toBe(true);
  });
});

describe('lookup', () => {
  it('gives what getaddrinfo gives', async () => {
    expect(await createDns().lookup('localhost')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/u)]),
    );
  });

  it('gives nothing for a name that is none', async () => {
    expect(await createDns().lookup('no such name')).toEqual([]);
  });
});

describe('CAA records', () => {
  async function found(behaviour: Behaviour) {
    const { port } = await serverFor(behaviour);
    return createDns({ port }).caa({ server: '127.0.0.1', name: NAME, recurse: true, timeoutMs: 300 }, never);
  }

  it('are read, behind an alias too', async () => {
    const answers = [
      cname(NAME, 'web.example.net'),
      caa('web.example.net', 'issue', 'letsencrypt.org; validationmethods=dns-01'),
      caa('web.example.net', 'Tbs', 'x', 128),
      caa('other.example.net', 'issue', 'amazon.com'),
    ];
    expect(await found({ udp: always(RA, { answers }) })).toEqual([
      { critical: false, tag: 'issue', value: 'letsencrypt.org; validationmethods=dns-01' },
      { critical: true, tag: 'tbs', value: 'x' },
    ]);
  });

  it.each([
    ['NODATA', always(RA, { authorities: [soa('example.org', 60)] })],
    ['NXDOMAIN', always(RA | 3, { authorities: [soa('example.org', 60)] })],
  ])('are none by %s', async (_, udp) => {
    expect(await found({ udp })).toEqual([]);
  });

  it.each([
    ['an empty answer', always(RA)],
    ['SERVFAIL', always(2)],
    ['REFUSED', always(5)],
    ["another zone's denial", always(RA, { authorities: [soa('example.net', 60)] })],
    ['nothing', () => {}],
  ])('are not known by %s', async (_, udp) => {
    expect(await found({ udp })).toBeNull();
  });
});
