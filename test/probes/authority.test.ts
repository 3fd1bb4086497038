import { describe, expect, it } from 'vitest';
import { type Evidence, evidenceSchema, seen } from '../../src/model/evidence.ts';
import { authority } from '../../src/probes/authority.ts';
import { fakeDns } from './fake-dns.ts';
import { fakePorts, here } from './fake-ports.ts';

const NAME = 'home.example.org';

const ORG = { servers: { 'a.org-servers.net': ['198.51.100.1', '2001:db8::1'] } };
const NET = {
  servers: { 'a.gtld.net': ['198.51.100.2'] },
  records: { 'a.gtld.net': ['198.51.100.2'] },
};
const HOSTER = {
  servers: { 'ns.example.net': ['198.51.100.3'] },
  glue: true,
  records: {
    'ns.example.net': ['198.51.100.3'],
    'ns1.example.net': ['198.51.100.11', '2001:db8::11'],
    'ns2.example.net': ['198.51.100.12', '2001:db8::12'],
  },
};
const ZONE = {
  servers: {
    'ns1.example.net': ['198.51.100.11', '2001:db8::11'],
    'ns2.example.net': ['198.51.100.12', '2001:db8::12'],
  },
  records: { [NAME]: ['198.51.100.80', '2001:db8::80'] },
};
const INTERNET = {
  org: ORG,
  net: NET,
  'example.net': HOSTER,
  'example.org': ZONE,
  // The servers of `org` live in a zone of their own.
  'org-servers.net': {
    servers: { 'ns.example.net': ['198.51.100.3'] },
    glue: true,
    records: { 'a.org-servers.net': ['198.51.100.1', '2001:db8::1'] },
  },
};

async function run(internet: Parameters<typeof fakeDns>[0], name = NAME, signal?: AbortSignal) {
  const { dns, asked } = fakeDns(internet);
  const evidence = await authority(name, fakePorts({ dns }), here(signal));
  for (const item of evidence) expect(evidenceSchema.parse(item)).toEqual(item);
  expect(new Set(evidence.map(({ id }) => id)).size).toBe(evidence.length);
  return { evidence, asked };
}

const zones = (evidence: readonly Evidence[]) =>
  seen(evidence, 'delegation').map(({ facts }) => `${facts.name} in ${facts.zone}`);
const answers = (evidence: readonly Evidence[]) =>
  seen(evidence, 'authority').map(
    ({ facts }) => `${facts.server.address} ${facts.a.outcome} ${facts.aaaa.outcome}`,
  );

describe('authority', () => {
  it('finds the zone from above and asks every address of its servers', async () => {
    const { evidence } = await run({ zones: INTERNET });
    expect(zones(evidence)).toEqual([`${NAME} in example.org`]);
    expect(answers(evidence)).toEqual([
      '198.51.100.11 answer answer',
      '2001:db8::11 answer answer',
      '198.51.100.12 answer answer',
      '2001:db8::12 answer answer',
    ]);
    const [first] = seen(evidence, 'authority');
    expect(first).toMatchObject({
      id: `authority:here:${NAME}:198.51.100.11`,
      facts: {
        name: NAME,
        zone: 'example.org',
        server: { name: 'ns1.example.net' },
        a: { authoritative: true },
      },
      how: `dig +norecurse @198.51.100.11 ${NAME} A ${NAME} AAAA`,
    });
  });

  it('is told the truth where the resolver makes up addresses for the name', async () => {
    const { evidence } = await run({
      zones: INTERNET,
      resolvers: { '192.168.77.1': { [NAME]: ['192.168.77.10'] } },
    });
    const [first] = seen(evidence, 'authority');
    expect(first?.facts.a.addresses).toEqual([{ address: '198.51.100.80', ttl: 60 }]);
  });

  it('is told the truth where the resolver keeps a whole zone of its own', async () => {
    const { evidence } = await run({
      zones: INTERNET,
      resolvers: { '192.168.77.1': { [NAME]: ['192.168.77.10'], 'example.org': ['192.168.77.10'] } },
    });
    expect(zones(evidence)).toEqual([`${NAME} in example.org`]);
  });

  it('goes down several cuts, also to a zone that the same servers serve', async () => {
    const zonesBelow = {
      ...INTERNET,
      'example.org': { ...ZONE, records: {} },
      'home.example.org': {
        servers: { 'ns1.example.net': ['198.51.100.11'] },
        records: { 'a.b.home.example.org': ['198.51.100.80'] },
      },
      'b.home.example.org': {
        servers: { 'ns2.example.net': ['198.51.100.12'] },
        records: { 'a.b.home.example.org': ['198.51.100.81'] },
      },
    };
    const { evidence } = await run({ zones: zonesBelow }, 'a.b.home.example.org');
    expect(zones(evidence)).toEqual(['a.b.home.example.org in b.home.example.org']);
    expect(answers(evidence)).toContain('198.51.100.12 answer no-data');
  });

  it('takes a name that is its own zone', async () => {
    const { evidence } = await run(
      { zones: { ...INTERNET, 'example.org': { ...ZONE, records: { 'example.org': ['198.51.100.80'] } } } },
      'example.org',
    );
    expect(zones(evidence)).toEqual(['example.org in example.org']);
    expect(answers(evidence)[0]).toBe('198.51.100.11 answer no-data');
  });

  it('follows an alias into another zone, and asks its servers too', async () => {
    const { evidence } = await run({
      zones: {
        ...INTERNET,
        'example.org': { ...ZONE, records: { [NAME]: ['=edge.example.net'] } },
        'example.net': { ...HOSTER, records: { ...HOSTER.records, 'edge.example.net': ['198.51.100.90'] } },
      },
    });
    expect(zones(evidence)).toEqual([`${NAME} in example.org`, 'edge.example.net in example.net']);
    expect(answers(evidence).at(0)).toBe('198.51.100.11 referral referral');
    expect(answers(evidence).at(-1)).toBe('198.51.100.3 answer no-data');
  });

  it('stops at aliases that go round in circles over zones', async () => {
    const { evidence } = await run({
      zones: {
        ...INTERNET,
        'example.org': { ...ZONE, records: { [NAME]: ['=edge.example.net'] } },
        'example.net': { ...HOSTER, records: { ...HOSTER.records, 'edge.example.net': [`=${NAME}`] } },
      },
    });
    expect(zones(evidence)).toHaveLength(2);
  });

  it.each([
    ['timed-out', 'timed-out timed-out'],
    ['unreachable', 'unreachable unreachable'],
    ['refused', 'refused refused'],
  ] as const)('tells what servers do that are all %s', async (trouble, outcome) => {
    const dead = Object.fromEntries(
      ['198.51.100.11', '2001:db8::11', '198.51.100.12', '2001:db8::12'].map((address) => [address, trouble]),
    );
    const { evidence } = await run({ zones: INTERNET, trouble: dead });
    expect(zones(evidence)).toEqual([`${NAME} in example.org`]);
    expect(answers(evidence)).toContain(`198.51.100.11 ${outcome}`);
    expect(answers(evidence)).toHaveLength(4);
  });

  it('gets along without IPv6', async () => {
    const { evidence } = await run({
      zones: INTERNET,
      trouble: { '2001:db8::1': 'unreachable', '2001:db8::11': 'unreachable', '2001:db8::12': 'unreachable' },
    });
    expect(answers(evidence)).toEqual([
      '198.51.100.11 answer answer',
      '2001:db8::11 unreachable unreachable',
      '198.51.100.12 answer answer',
      '2001:db8::12 unreachable unreachable',
    ]);
  });

  it('gets along where the servers of the top-level domain are silent', async () => {
    const { evidence } = await run({
      zones: INTERNET,
      trouble: { '198.51.100.1': 'timed-out', '2001:db8::1': 'timed-out' },
    });
    expect(zones(evidence)).toEqual([`${NAME} in example.org`]);
    expect(answers(evidence)).toHaveLength(4);
  });

  it('works where one server is everything: resolver and authority, without a root', async () => {
    const zone = {
      servers: { 'ns.example.org': ['192.168.1.1'] },
      records: { [NAME]: ['198.51.100.80'], 'ns.example.org': ['192.168.1.1'] },
    };
    const { evidence } = await run({ zones: { 'example.org': zone }, resolvers: { '192.168.1.1': {} } });
    expect(zones(evidence)).toEqual([`${NAME} in example.org`]);
    expect(answers(evidence)).toEqual(['192.168.1.1 answer no-data']);
  });

  it('keeps what something in between answers instead of the servers', async () => {
    const addresses = Object.values(INTERNET).flatMap(({ servers }) => Object.values(servers).flat());
    const trouble = Object.fromEntries(addresses.map((address) => [address, 'intercepted' as const]));
    const { evidence } = await run({ zones: INTERNET, trouble });
    expect(evidence[0]).toMatchObject({ probe: 'delegation', status: 'failed' });
    expect(seen(evidence, 'authority')[0]?.facts).toMatchObject({
      zone: 'example.org',
      a: { authoritative: false, recursionAvailable: true, outcome: 'answer' },
    });
  });

  it('says that nobody answers', async () => {
    const { evidence } = await run({ zones: INTERNET, trouble: { '192.0.2.53': 'timed-out' } });
    expect(evidence).toMatchObject([
      { probe: 'delegation', status: 'failed', reason: { code: 'unreachable' } },
    ]);
  });

  it('says that there is no resolver', async () => {
    const { evidence } = await run({ zones: INTERNET, resolvers: {} });
    expect(evidence).toMatchObject([
      { probe: 'delegation', status: 'failed', reason: { code: 'no-network' } },
    ]);
  });

  it('says that it was interrupted, rather than that nobody answers', async () => {
    const { evidence } = await run({ zones: INTERNET }, NAME, AbortSignal.abort());
    expect(evidence).toMatchObject([
      { probe: 'delegation', status: 'failed', reason: { code: 'interrupted' } },
    ]);
  });

  it('asks a bounded number of questions, whatever a zone says', async () => {
    const servers = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`ns${n}.example.net`, [`198.51.100.${100 + n}`]] as const),
    );
    const records = { [NAME]: [`=${'a.'.repeat(110)}example.net`] };
    const { asked } = await run({
      zones: {
        ...INTERNET,
        'example.org': { servers, records },
        'example.net': { ...HOSTER, records: { ...HOSTER.records, ...servers } },
      },
    });
    expect(asked.length).toBeLessThan(400);
  });
});
