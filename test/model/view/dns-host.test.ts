import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../src/model/evidence.ts';
import { dnsHost, isKeptAt } from '../../../src/model/view/dns-host.ts';
import { authority, delegation } from '../../support/evidence.ts';
import { caseOf, zone } from '../../support/home.ts';
import { NAME, STABLE6 } from '../../support/names.ts';

const hostOf = (evidence: readonly Evidence[], name = NAME) => dnsHost(caseOf({ evidence }), name);

describe('who keeps the records of a name', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['Cloudflare', ['ada.ns.cloudflare.com', 'Rob.NS.Cloudflare.com.'], ['Cloudflare']],
    ['Cloudflare, advanced', ['blue.foundationdns.com', 'blue.foundationdns.org'], ['Cloudflare']],
    ['Route 53', ['ns-421.awsdns-52.com', 'ns-1759.awsdns-27.co.uk'], ['Route 53']],
    ['Gandi', ['ns-12-a.gandi.net'], ['Gandi']],
    ['Hetzner', ['hydrogen.ns.hetzner.com', 'helium.ns.hetzner.de'], ['Hetzner']],
    ['OVHcloud', ['dns200.anycast.me', 'ns200.anycast.me'], ['OVHcloud']],
    ['two at once', ['ada.ns.cloudflare.com', 'dns1.p01.nsone.net'], ['Cloudflare', 'NS1']],
    ['a secondary', ['ns0042.secondary.cloudflare.com'], ['Cloudflare (as a secondary)']],
    ['nobody known', ['ns1.example.org'], []],
    ['one whose name only looks like it', ['ns.cloudflare.com.example.org', 'gandi.net.example.org'], []],
    ['another host of the company', ['www.cloudflare.com', 'ns-1.awsdns.example.org'], []],
  ])('%s', (_, servers, companies) => {
    expect(hostOf([delegation(servers)])?.companies).toEqual(companies);
  });

  test('by the closest zone of the name, and no other', () => {
    const evidence = [
      delegation(['ada.ns.cloudflare.com']),
      delegation(['ns-12-a.gandi.net'], NAME, NAME),
      delegation(['ns1.inwx.de'], 'ample.org', 'ample.org'),
    ];
    expect(hostOf(evidence)).toMatchObject({ zone: NAME, companies: ['Gandi'] });
    expect(hostOf(evidence, 'www.example.org')).toMatchObject({ companies: ['Cloudflare'] });
    expect(hostOf(evidence, 'example.com')).toBeNull();
  });

  test("by the parent's word rather than by who answered; else by that", () => {
    const answers = zone([]);
    expect(hostOf([...answers, delegation(['ns-12-a.gandi.net'])])).toMatchObject({ companies: ['Gandi'] });
    expect(hostOf(answers)).toMatchObject({
      zone: 'example.org',
      companies: [],
      nameServers: ['ns1.example.org', 'ns2.example.org'],
    });
    expect(hostOf([authority('ada', { a: [], aaaa: [STABLE6] }, { zone: 'ns.cloudflare.com' })])).toBeNull();
    expect(hostOf([])).toBeNull();
  });
});

test.each<[string, readonly string[], boolean | null]>([
  ['kept there', ['ada.ns.cloudflare.com'], true],
  ['kept there and elsewhere', ['ada.ns.cloudflare.com', 'dns1.p01.nsone.net'], true],
  ['kept elsewhere', ['ns-12-a.gandi.net'], false],
  ['kept at the other one', ['ns-421.awsdns-52.com'], false],
  ['served as a copy only', ['ns0042.secondary.cloudflare.com'], false],
  ['under a name of its own', ['ns1.example.org'], null],
  ['partly under a name of its own', ['ns-12-a.gandi.net', 'ns1.example.org'], null],
])('at Cloudflare: %s', (_, servers, expected) => {
  expect(isKeptAt(hostOf([delegation(servers)]), ['cloudflare'])).toBe(expected);
});
