import { describe, expect, test } from 'vitest';
import { hairpin } from '../../src/causes/hairpin.ts';
import { type Evidence, evidenceSchema, type Vantage } from '../../src/model/evidence.ts';
import type { Case } from '../../src/model/view/case.ts';
import { osLookup, reach, resolver } from '../support/evidence.ts';
import { caseOf, dead, LINE, outside, SIX, zone } from '../support/home.ts';
import { LAN4, STABLE6, tls, WAN4 } from '../support/names.ts';

const ROUTER = '192.168.77.1';
const OTHER = '46.227.67.53';

/** It works outside and not from inside. */
const NO_WAY_BACK = [...LINE, ...SIX, outside(WAN4), dead(WAN4)];
const PUBLIC = [...NO_WAY_BACK, ...zone([WAN4])];

/** The home's resolver gives the address inside, the zone's servers the public one. */
const split = (server = ROUTER): Evidence => resolver({ a: [LAN4], aaaa: [STABLE6] }, { server });
const plain = (server = OTHER): Evidence => resolver({ a: [WAN4], aaaa: [STABLE6] }, { server });
const asked = (...resolvers: Evidence[]): Evidence[] => [
  ...NO_WAY_BACK,
  ...zone([WAN4]).filter(({ probe, id }) => probe !== 'resolver' || !id.includes(':here:')),
  ...resolvers,
];

/** A neighbour's look at what the name means on the local network. */
function tried(vantage: Vantage, more: Parameters<typeof reach>[1] = {}, address = LAN4): Evidence {
  const item = reach(address, more);
  return evidenceSchema.parse({
    ...item,
    vantage,
    facts: { ...(item.status === 'ok' ? item.facts : {}), roles: ['local-name'] },
  });
}

const judged = (vantage: Vantage, evidence: readonly Evidence[], looks: readonly Evidence[] = []) => {
  const the = caseOf({ vantage, evidence });
  return hairpin.judge({ ...the, evidence: [...the.evidence, ...looks] });
};
const FILE = osLookup([STABLE6, LAN4], [LAN4, STABLE6]);
const LOOKUP = osLookup([STABLE6, LAN4]);

const ON_LAN: readonly [string, readonly Evidence[], readonly Evidence[], string, string][] = [
  ['the name is public', [...PUBLIC, osLookup([STABLE6, WAN4])], [], 'confirmed', 'fails-inside'],
  ['the hosts file leads inside', [...PUBLIC, FILE], [tried('lan')], 'ruled-out', 'led-inside'],
  ['the resolver leads inside', [...asked(split()), LOOKUP], [tried('lan')], 'ruled-out', 'led-inside'],
  [
    'two resolvers lead inside',
    [...asked(split(), split('192.168.77.2')), LOOKUP],
    [tried('lan')],
    'ruled-out',
    'led-inside',
  ],
  [
    'one of two resolvers does',
    [...asked(split(), plain()), LOOKUP],
    [tried('lan')],
    'confirmed',
    'fails-inside',
  ],
  [
    'programs get both addresses',
    [...PUBLIC, osLookup([LAN4, WAN4], [LAN4])],
    [tried('lan')],
    'confirmed',
    'fails-inside',
  ],
  ['nobody tried there', [...PUBLIC, FILE], [], 'unknown', 'fails-inside'],
  [
    'nothing answers there',
    [...PUBLIC, FILE],
    [tried('lan', { outcome: 'timed-out' })],
    'unknown',
    'fails-inside',
  ],
  [
    'another service answers there',
    [...PUBLIC, FILE],
    [tried('lan', { identity: tls('e') })],
    'unknown',
    'fails-inside',
  ],
  [
    'another port answers there',
    [...PUBLIC, FILE],
    [tried('lan', { port: 8443 })],
    'unknown',
    'fails-inside',
  ],
  [
    'one of two addresses answers there',
    [...PUBLIC, osLookup([LAN4, '192.168.77.11'], [LAN4, '192.168.77.11'])],
    [tried('lan')],
    'unknown',
    'fails-inside',
  ],
  [
    'the file names this very machine',
    [...PUBLIC, osLookup(['127.0.0.1'], ['127.0.0.1'])],
    [],
    'confirmed',
    'fails-inside',
  ],
];

describe('hairpin', () => {
  test.each(ON_LAN)('seen by a neighbour: %s', (_name, evidence, looks, verdict, finding) => {
    const found = judged('lan', evidence, looks);
    expect(found.verdict).toBe(verdict);
    expect(found.because[0]?.code).toBe(finding);
  });

  test('what rules it out is quoted', () => {
    const { because, evidence } = judged('lan', [...PUBLIC, FILE], [tried('lan')]);
    expect(because).toEqual([{ code: 'led-inside', args: { address: LAN4, by: 'hosts-file' } }]);
    expect(evidence).toEqual(['os-lookup:here:home.example.org', `reach:here:${LAN4}`]);
  });

  test("the server's own hosts file says nothing of its neighbours", () => {
    expect(judged('server', [...PUBLIC, FILE], [tried('server')]).verdict).toBe('confirmed');
  });

  test('seen by the server, whose resolver leads inside: a neighbour has to tell', () => {
    const found = judged('server', asked(split()), [tried('server')]);
    expect(found.verdict).toBe('suspected');
    expect(found.because.map(({ code }) => code)).toEqual([
      'fails-inside',
      'answers-outside',
      'led-inside-unseen',
    ]);
    expect(found.next?.code).toBe('try-from-lan');
  });

  test('seen by the server, and by a neighbour that tells', () => {
    const server = caseOf({ vantage: 'server', evidence: asked(split()) });
    const beside = (evidence: readonly Evidence[]): Case => ({
      ...server,
      evidence: [
        ...server.evidence,
        ...evidence.map((item) => ({
          ...item,
          id: item.id.replace(':here:', ':lan-1:'),
          vantage: 'lan' as const,
        })),
      ],
    });
    expect(hairpin.judge(beside([LOOKUP, split(), tried('lan')])).verdict).toBe('ruled-out');
    // That one asks somebody else: it isn't led inside, and the public address fails for it.
    const lost = hairpin.judge(beside([osLookup([WAN4]), plain(), dead(WAN4)]));
    expect(lost.verdict).toBe('confirmed');
    expect(lost.evidence).toContain(`reach:lan-1:${WAN4}`);
  });
});
