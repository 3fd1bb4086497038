import { describe, expect, test } from 'vitest';
import type { WhyNot } from '../../src/model/choice.ts';
import type { Verdict } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { offerRelay } from '../../src/remedies/relay.ts';
import { reach, whoami } from '../support/evidence.ts';
import {
  caseOf,
  dead,
  deadOutside,
  LINE,
  outside,
  ownAddresses,
  type Scene,
  SIX,
  SIX_HERE,
  zone,
} from '../support/home.ts';
import { LAN4, PROXY6, STABLE6, STRANGER, TARGET, WAN4 } from '../support/names.ts';
import { confirmed, made, whyNot } from './scene.ts';

const cgnat = confirmed('cgnat');
const firewall = confirmed('host-firewall');
const hairpin = confirmed('hairpin');
const dns = confirmed('dns');

const HOME = [...LINE, ...SIX, ...zone([])];
const offer = (scene: Partial<Scene> = {}, verdicts: readonly Verdict[] = [cgnat]) =>
  offerRelay(caseOf({ evidence: HOME, ...scene }), verdicts);

const addressed = (address: string): Evidence[] => [
  ownAddresses(LAN4, address),
  whoami(WAN4),
  reach(address),
];

describe('a relay is offered', () => {
  test('with what it costs, carries, leads to and loses', () => {
    expect(offer()).toMatchObject({
      remedy: 'relay',
      cures: ['cgnat'],
      monthlyUSD: 5,
      carries: 'everything',
      minutes: 4,
      origin: 'home.example.org',
      traffic: { includedGB: 1024, perGBUSD: 0.09 },
    });
    expect(offer()).toHaveProperty('loses.0', expect.stringMatching(/PROXY/u));
  });

  test.each<[string, Partial<Scene>, Verdict[]?]>([
    ['whatever is wrong with IPv4', {}, [cgnat, firewall, hairpin]],
    ['where no A record is right', {}, [dns]],
    ['where IPv6 was seen from here only', { evidence: [...LINE, ...SIX_HERE, ...zone([])] }],
    [
      'where nobody could try IPv6',
      { evidence: [...LINE, ...zone([]), reach(STABLE6, { outcome: 'no-route' })] },
    ],
    ['for a public IPv6 address', { target: `[${STABLE6}]:443`, evidence: addressed(STABLE6) }],
    ['for UDP', { target: 'udp://home.example.org:27015' }],
  ])('%s', (_, scene, verdicts) => {
    expect(made(offer(scene, verdicts)).remedy).toBe('relay');
  });

  test('curing every confirmed cause', () => {
    expect(made(offer({}, [cgnat, firewall, hairpin])).cures).toEqual(['cgnat', 'host-firewall', 'hairpin']);
  });
});

describe('a relay is not offered', () => {
  test.each<[string, WhyNot['code'], Partial<Scene>, Verdict[]?]>([
    ['where nothing is confirmed', 'nothing-in-the-way', {}, []],
    ['where only the way back in is missing', 'only-from-inside', {}, [hairpin]],
    [
      'where an IPv4 address works, and only the record is wrong',
      'ipv4-works',
      { evidence: [...HOME, outside(WAN4)] },
      [dns],
    ],
    [
      'where IPv6 fails from outside',
      'ipv6-fails',
      { evidence: [...LINE, reach(STABLE6), deadOutside(STABLE6), ...zone([])] },
    ],
    [
      'where IPv6 fails here, and nobody looked from outside',
      'ipv6-fails',
      { evidence: [...LINE, dead(STABLE6), ...zone([])] },
    ],
    [
      'where somebody else answers over IPv6',
      'ipv6-fails',
      { evidence: [...LINE, reach(STABLE6), outside(STABLE6, { identity: STRANGER }), ...zone([])] },
    ],
    ['where the name has no AAAA', 'no-aaaa', { evidence: [...LINE, ...zone([WAN4], [])] }],
    [
      'where one server of the zone has no AAAA',
      'aaaa-partly-missing',
      { evidence: [...HOME, ...zone([WAN4], []).slice(0, 1)] },
    ],
    ['where AAAA is not public', 'not-public', { evidence: [...LINE, ...zone([], ['fd00::10'])] }],
    ["where AAAA is a provider's edge", 'behind-edge', { evidence: [...LINE, ...zone([], [PROXY6])] }],
    ['where nobody knows the records', 'records-unknown', { evidence: [...LINE, ...SIX] }],
    ['for an IPv4 address', 'target-is-ipv4', { target: `${WAN4}:443`, evidence: [...LINE, dead(WAN4)] }],
    [
      'for an address that is not public',
      'not-public',
      { target: '[fd00::10]:443', evidence: addressed('fd00::10') },
    ],
  ])('%s', (_, why, scene, verdicts) => {
    expect(whyNot(offer(scene, verdicts))).toBe(why);
  });
});

describe('what a relay loses', () => {
  const loses = (target: string): string => {
    const relay = made(offer({ target }));
    if (relay.remedy !== 'relay') throw new Error('there is no relay');
    return relay.loses.join('\n');
  };

  test('HTTP/3 is spoken of where it may be', () => {
    expect(loses(TARGET)).toMatch(/HTTP\/3/u);
    expect(loses('ssh://home.example.org')).not.toMatch(/HTTP\/3/u);
  });

  test('port 25 needs another one beside it', () => {
    expect(loses('tcp://home.example.org:25')).toMatch(/port 25.*2525/u);
    expect(loses('udp://home.example.org:25')).not.toMatch(/2525/u);
  });

  test('datagrams lose their sender, and no setting keeps it', () => {
    expect(loses('udp://home.example.org:27015')).toMatch(/addresses of IPv4 users are lost/u);
    expect(loses('udp://home.example.org:27015')).not.toMatch(/PROXY/u);
  });
});
