import { describe, expect, test } from 'vitest';
import type { WhyNot } from '../../../src/model/choice.ts';
import type { Verdict } from '../../../src/model/diagnosis.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { offerTunnel } from '../../../src/remedies/tunnel.ts';
import { AT_CLOUDFLARE, delegatedTo } from '../../support/dns-hosts.ts';
import { reach } from '../../support/evidence.ts';
import { listeners } from '../../support/evidence-host.ts';
import { caseOf, deadOutside, LINE, outside, type Scene, SIX, zone } from '../../support/home.ts';
import { LAN4, PROXY4, STABLE6, WAN4 } from '../../support/names.ts';
import { confirmed, made, whyNot } from '../scene.ts';

const cgnat = confirmed('cgnat');
const hairpin = confirmed('hairpin');
const HOME: readonly Evidence[] = [AT_CLOUDFLARE, ...LINE, ...SIX, ...zone([])];
const offer = (scene: Partial<Scene> = {}, verdicts: readonly Verdict[] = [cgnat]) =>
  offerTunnel(caseOf({ evidence: HOME, ...scene }), verdicts);
const service = (...evidence: readonly Evidence[]): unknown => {
  const offered = made(offer({ evidence: [...HOME, ...evidence] }));
  return offered.remedy === 'tunnel' ? offered.service : null;
};

describe('a tunnel is offered', () => {
  test('with what it costs, carries, leads to and loses', () => {
    expect(offer()).toMatchObject({
      remedy: 'tunnel',
      cures: ['cgnat'],
      monthlyUSD: 0,
      carries: 'web',
      service: 'https://localhost:443',
    });
    expect(JSON.stringify(made(offer()))).toMatch(
      /SSH.*TLS ends there.*CF-Connecting-IP.*100 MB.*cloudflared/u,
    );
  });

  test.each<[string, Partial<Scene>, Verdict[]?]>([
    ['whatever is wrong with IPv4', {}, [cgnat, confirmed('host-firewall'), hairpin]],
    [
      'where nothing gets in over IPv6 either',
      { evidence: [AT_CLOUDFLARE, ...LINE, reach(STABLE6), deadOutside(STABLE6), ...zone([])] },
    ],
    ['where the name has no AAAA', { evidence: [AT_CLOUDFLARE, ...LINE, ...zone([], [])] }],
    ['for HTTP', { target: 'http://home.example.org' }],
    ["on another of Cloudflare's ports", { target: 'https://home.example.org:8443' }],
  ])('%s', (_, scene, verdicts) => {
    expect(made(offer(scene, verdicts)).remedy).toBe('tunnel');
  });

  test('to where the program was seen to listen', () => {
    expect(service(listeners())).toBe('https://localhost:443');
    expect(service(listeners({ address: STABLE6 }))).toBe(`https://[${STABLE6}]:443`);
    expect(service(listeners({ family: 'ipv4', address: LAN4 }))).toBe(`https://${LAN4}:443`);
    expect(service(listeners({ family: 'ipv4', address: '127.0.0.1' }))).toBe('https://localhost:443');
  });
});

describe('a tunnel is not offered', () => {
  test.each<[string, WhyNot['code'], Partial<Scene>, Verdict[]?]>([
    ['nothing is confirmed', 'nothing-in-the-way', {}, []],
    ['only the way back in is missing', 'only-from-inside', {}, [hairpin]],
    ['an IPv4 address works', 'ipv4-works', { evidence: [...HOME, outside(WAN4)] }],
    ['an address', 'no-name', { target: `[${STABLE6}]:443` }],
    ['SSH', 'not-carried', { target: 'ssh://home.example.org' }],
    ['UDP', 'not-carried', { target: 'udp://home.example.org:27015' }],
    ["none of Cloudflare's ports", 'port-not-served', { target: 'https://home.example.org:444' }],
    ['nobody knows whose zone it is', 'records-unknown', { evidence: [...LINE, ...SIX] }],
    [
      'the zone is elsewhere',
      'dns-elsewhere',
      { evidence: [delegatedTo('ns-1.awsdns-01.org'), ...HOME.slice(1)] },
    ],
    ['proxied already', 'behind-edge', { evidence: [AT_CLOUDFLARE, ...LINE, ...zone([PROXY4])] }],
    ['nothing listens', 'listener-unseen', { evidence: [...HOME, listeners({ port: 8080 })] }],
  ])('%s', (_, why, scene, verdicts) => {
    expect(whyNot(offer(scene, verdicts))).toBe(why);
  });
});
