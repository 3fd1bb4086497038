import { describe, expect, test } from 'vitest';
import type { WhyNot } from '../../../src/model/choice.ts';
import type { Verdict } from '../../../src/model/diagnosis.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { offerEdgeProxy } from '../../../src/remedies/edge-proxy/offer.ts';
import { AT_CLOUDFLARE, delegatedTo } from '../../support/dns-hosts.ts';
import { reach } from '../../support/evidence.ts';
import {
  caseOf,
  dead,
  deadOutside,
  LINE,
  outside,
  type Scene,
  SIX,
  SIX_HERE,
  zone,
} from '../../support/home.ts';
import { OLD4, PROXY6, STABLE6, STRANGER, WAN4 } from '../../support/names.ts';
import { confirmed, made, whyNot } from '../scene.ts';

const cgnat = confirmed('cgnat');
const hairpin = confirmed('hairpin');
const HOME = [AT_CLOUDFLARE, ...LINE, ...SIX, ...zone([OLD4])];
const with6 = (...six: readonly Evidence[]) => [AT_CLOUDFLARE, ...LINE, ...six, ...zone([])];
const offer = (scene: Partial<Scene> = {}, verdicts: readonly Verdict[] = [cgnat]) =>
  offerEdgeProxy(caseOf({ evidence: HOME, ...scene }), verdicts);

describe('offered', () => {
  test('with what it costs, carries, leads to and loses', () => {
    expect(offer()).toMatchObject({
      remedy: 'edge-proxy',
      cures: ['cgnat'],
      monthlyUSD: 0,
      carries: 'web',
      name: 'home.example.org',
      origin: [STABLE6],
    });
    expect(offer()).toHaveProperty('loses');
    expect(JSON.stringify(made(offer()))).toMatch(/SSH.*CF-Connecting-IP.*100 MB.*SSL mode/u);
  });

  test.each<[string, Partial<Scene>, Verdict[]?]>([
    ['whatever is wrong with IPv4', {}, [cgnat, confirmed('host-firewall'), hairpin]],
    ['on another port of the proxy', { target: 'https://home.example.org:8443', evidence: moved(8443) }],
    ['where IPv6 was seen from here only', { evidence: with6(...SIX_HERE) }],
    [
      'where one server of two has a name of Cloudflare’s',
      {
        evidence: [delegatedTo('ada.ns.cloudflare.com', 'ns1.example.net'), ...HOME.slice(1)],
      },
    ],
  ])('%s', (_, scene, verdicts) => {
    expect(made(offer(scene, verdicts)).remedy).toBe('edge-proxy');
  });
});

/** The home with its service on another port. */
function moved(port: number) {
  return HOME.map((item) =>
    item.probe === 'reach' && item.status === 'ok' ? { ...item, facts: { ...item.facts, port } } : item,
  );
}

describe('not offered', () => {
  test.each<[string, WhyNot['code'], Partial<Scene>, Verdict[]?]>([
    ['nothing is confirmed', 'nothing-in-the-way', {}, []],
    ['only the way back in is missing', 'only-from-inside', {}, [hairpin]],
    ['an IPv4 address works', 'ipv4-works', { evidence: [...HOME, outside(WAN4)] }],
    ['an address', 'no-name', { target: `[${STABLE6}]:443` }],
    ['SSH', 'not-carried', { target: 'ssh://home.example.org' }],
    ['UDP', 'not-carried', { target: 'udp://home.example.org:27015' }],
    ['a port that the proxy does not have', 'port-not-served', { target: 'https://home.example.org:444' }],
    ['HTTPS on a port for HTTP', 'port-not-served', { target: 'https://home.example.org:8080' }],
    ['nobody knows whose zone it is', 'records-unknown', { evidence: [...LINE, ...SIX] }],
    [
      'the zone is elsewhere',
      'dns-elsewhere',
      {
        evidence: [delegatedTo('ns-1.awsdns-01.org'), ...HOME.slice(1)],
      },
    ],
    ['the zone is nobody knows where', 'dns-elsewhere', { evidence: HOME.slice(1) }],
    ['IPv6 fails from outside', 'ipv6-fails', { evidence: with6(reach(STABLE6), deadOutside(STABLE6)) }],
    ['IPv6 fails here', 'ipv6-fails', { evidence: with6(dead(STABLE6)) }],
    ['nobody could try IPv6', 'ipv6-fails', { evidence: with6(reach(STABLE6, { outcome: 'no-route' })) }],
    [
      'somebody else answers',
      'ipv6-fails',
      {
        evidence: with6(reach(STABLE6), outside(STABLE6, { identity: STRANGER })),
      },
    ],
    ['no AAAA', 'no-aaaa', { evidence: [AT_CLOUDFLARE, ...LINE, ...zone([WAN4], [])] }],
    ['proxied already', 'behind-edge', { evidence: [AT_CLOUDFLARE, ...LINE, ...zone([], [PROXY6])] }],
  ])('%s', (_, why, scene, verdicts) => {
    expect(whyNot(offer(scene, verdicts))).toBe(why);
  });
});
