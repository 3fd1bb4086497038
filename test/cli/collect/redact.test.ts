import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redacted } from '../../../src/cli/collect/redact.ts';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { type Evidence, evidenceSchema } from '../../../src/model/evidence.ts';
import { type EvidenceFile, evidenceFile, evidenceFileSchema } from '../../../src/model/evidence-file.ts';
import { isInnerInterface } from '../../../src/model/interface-name.ts';
import { parseTarget } from '../../../src/model/target.ts';
import type { Case } from '../../../src/model/view/case.ts';
import type { Fixture } from '../../causes/fixtures/fixture.ts';
import { ipv6 } from '../../causes/fixtures/ipv6.ts';
import { missing } from '../../causes/fixtures/missing.ts';
import { resolvers } from '../../causes/fixtures/resolvers.ts';
import { rightA } from '../../causes/fixtures/right-a.ts';
import { wrongA } from '../../causes/fixtures/wrong-a.ts';
import { zoneFailures } from '../../causes/fixtures/zone-failures.ts';
import { zones } from '../../causes/fixtures/zones.ts';
import { caseIn, type Sighting } from '../../causes/simulation/evidence.ts';
import { homes } from '../../causes/simulation/home.ts';
import { caseOf, ownAddresses } from '../../support/home.ts';
import { LAN4, NAME, OLD4, OLD6, STABLE6, VPN4, WAN4 } from '../../support/names.ts';
import { fromSchema } from '../../support/schema-arbitrary.ts';

const MADE = { at: new Date('2026-11-24T00:00:01Z'), by: '0.1.0', complete: true };
const KEYS = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
const key = fc.constantFrom(...KEYS);

const fileOf = (the: Case): EvidenceFile => evidenceFile(the, MADE);
const asCase = ({ target, vantage, evidence }: EvidenceFile): Case => ({ target, vantage, evidence });

/** What is concluded, without the addresses and names that it is concluded of. */
function conclusions(the: Case) {
  const { verdicts, conditions, reachable } = judge(the, MADE);
  return {
    reachable,
    verdicts: verdicts.map(({ cause, verdict, because, next }) => [
      cause,
      verdict,
      because.map(({ code }) => code).sort(),
      next?.code,
    ]),
    conditions: conditions.map(({ condition, verdict }) => [condition, verdict]),
  };
}

const FIXTURES: readonly Fixture[] = [
  ...missing,
  ...wrongA,
  ...rightA,
  ...resolvers,
  ...zones,
  ...zoneFailures,
  ...ipv6,
];

describe('the same is concluded from a redacted file', () => {
  test.each(FIXTURES.map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
    const the = caseOf(fixture);
    for (const each of KEYS)
      expect(conclusions(asCase(redacted(fileOf(the), each)))).toEqual(conclusions(the));
  });

  test('homes drawn at random', { timeout: 120_000 }, () => {
    const sightings: fc.Arbitrary<Sighting> = fc.record({
      root: fc.boolean(),
      agent: fc.boolean(),
      traces: fc.boolean(),
      services: fc.boolean(),
      told: fc.record({
        wan: fc.boolean(),
        forward: fc.boolean(),
        firewall: fc.boolean(),
        box: fc.boolean(),
      }),
    });
    fc.assert(
      fc.property(homes, sightings, key, (home, sighting, secret) => {
        const the = caseIn(home, sighting);
        expect(conclusions(asCase(redacted(fileOf(the), secret)))).toEqual(conclusions(the));
      }),
      { numRuns: 200 },
    );
  });
});

test.each(['br-3f2a9c0b71de', 'br-home', 'br-lan', 'vethc6f1a2b', 'docker_gwbridge', 'lan-of-ours'])(
  'what hangs on %s is the same afterwards',
  (name) => {
    const the = caseOf({ evidence: [ownAddresses([LAN4, { interface: name }])] });
    const [item] = redacted(fileOf(the), KEYS[0] ?? new Uint8Array()).evidence;
    const names = item?.probe === 'addresses' && item.status === 'ok' ? item.facts.addresses : [];
    expect(names.map((each) => isInnerInterface(each.interface))).toEqual([isInnerInterface(name)]);
  },
);

/** Words that nobody may find again; in forms that rules, names, paths and messages have. */
const SECRETS = ['quokka', '198.51.7.77', '2a0b:4341:7700', '0242ac110002', '5551234567'];
const PLANTED = fc.constantFrom(
  'quokka',
  'Quokka GmbH',
  'www.quokka.example.net',
  'quokka.duckdns.org',
  'quokka.cloudfront.net',
  'ns1.quokka.cloudflare.com',
  'quokka.service',
  'br-quokka',
  'wg-quokka',
  'enx0242ac110002',
  'https://quokka:5551234567@quokka.example.org/quokka?quokka',
  'http://198.51.7.77:5000/quokka.xml',
  'ip saddr 198.51.7.77/32 tcp dport 443 counter packets 12 accept comment "quokka"',
  'ip6 saddr { 2a0b:4341:7700::10, 2a0b:4341:7700::/48 } accept # quokka',
  `dig @198.51.7.77 quokka.example.org A`,
  'call 5551234567, ask for quokka',
  '5551234567',
  'Welcome to nginx on quokka',
  'apache2 quokka default page',
  'iif "br-quokka" ether saddr 02:42:ac:11:00:02 0242ac110002',
  'dst-quokka:443 [2a0b:4341:7700::10]:443 198.51.7.77:443 198.51.7.77-198.51.7.77',
  'quokka.home.example.org says hello',
);
const ADDRESSES = [WAN4, OLD4, VPN4, LAN4, STABLE6, OLD6];

const observers = ['here', 'server-1', 'outside-1', 'quokka-4460'];
const planted = fc.array(fromSchema(evidenceSchema, PLANTED), { minLength: 1, maxLength: 12 }).map((all) =>
  all.map((value, index): Evidence => {
    const item = evidenceSchema.parse(value);
    const label = observers[index % observers.length];
    return evidenceSchema.parse({ ...item, id: `${item.probe}:${label}:quokka.example.org-${index}` });
  }),
);

describe('nothing of what was secret is left', () => {
  test('whatever text is in whatever place', { timeout: 120_000 }, () => {
    const target = parseTarget('https://quokka.home.example.org/quokka?quokka=1');
    fc.assert(
      fc.property(planted, key, (evidence, secret) => {
        const text = JSON.stringify(
          redacted(fileOf({ target, vantage: 'server', evidence }), secret),
        ).toLowerCase();
        for (const each of [...SECRETS, 'home.example.org']) expect(text).not.toContain(each);
        for (const each of ADDRESSES) expect(text).not.toContain(`"${each}"`);
      }),
      { numRuns: 400 },
    );
  });

  test('every place that holds a text was planted', () => {
    // The test above is worth something only if its evidence holds every probe that the schema knows.
    const probes = evidenceSchema.options.map((option) => option.shape.probe.value);
    const seen = fc
      .sample(planted, { numRuns: 600, seed: 7 })
      .flat()
      .map(({ probe, status }) => `${probe} ${status === 'ok'}`);
    for (const probe of probes) expect(seen).toContain(`${probe} true`);
  });

  test('two files have nothing in common, one is the same throughout', () => {
    const the = caseOf(rightA[0] ?? { evidence: [] });
    const [one, other] = [redacted(fileOf(the)), redacted(fileOf(the))];
    expect(one.evidence).not.toEqual(other.evidence);
    expect(one.redacted).toBe(true);
    expect(one.target).toMatchObject({ host: 'n1.n2.n3.example', hostKind: 'name', port: 443, path: '/' });
    expect(parseTarget(one.target.input)).toEqual(one.target);
    expect(evidenceFileSchema.parse(one)).toEqual(one);
    expect(JSON.stringify(one)).not.toContain(NAME);
  });
});
