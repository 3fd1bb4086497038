import { describe, expect, test } from 'vitest';
import { findingSchema } from '../../src/model/finding.ts';
import { prose } from '../../src/report/finding.ts';
import type { Detail } from '../../src/report/prose/words.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { STABLE6 } from '../support/names.ts';
import { diagnosisOf, PLAIN } from './diagnoses.ts';

describe('every finding has words of its own', () => {
  /** An argument for every name that findings use. */
  const ARGS = {
    address: '81.2.99.2',
    addresses: ['81.2.99.2'],
    alive: ['81.2.99.2'],
    answers: [{ server: 'ns1.example.org', addresses: [] }],
    arrivesBy: 'eth0',
    bindv6only: false,
    canonical: 'alias.example.org',
    causes: ['cgnat'],
    by: 'resolver',
    chain: 'input',
    client: '192.168.77.20',
    connected: 1,
    container: 'web',
    dead: ['81.2.99.77'],
    expected: 8443,
    externalPort: 443,
    families: ['ipv4', 'ipv6'],
    family: 'ipv4',
    from: ['194.126.177.10'],
    gateway: '192.168.77.1',
    has: ['81.2.99.77'],
    hop: '100.64.0.1',
    hops: 2,
    inside: ['192.168.77.10'],
    interface: 'wg0',
    lastHop: '198.18.0.1',
    listed: 0,
    name: 'home.example.org',
    observed: ['81.2.99.2'],
    otherPort: 8443,
    outcome: 'timed-out',
    outer: '192.168.1.1',
    outerWan: '81.2.99.2',
    outside: ['81.2.99.2'],
    own: ['81.2.99.2'],
    packets: 3,
    packets6: 3,
    path: 'input',
    port: 443,
    ports: [8443],
    position: 7,
    program: 'nginx',
    programs: ['nginx', 'apache2'],
    provider: 'Cloudflare',
    rcode: 'SERVFAIL',
    resolver: '192.168.77.1',
    router: '81.2.99.2',
    rule: 'tcp dport 443 drop',
    scope: 'private',
    server: ['192.168.77.10'],
    servers: ['ns1.example.org'],
    should: ['81.2.99.2'],
    software: 'nftables',
    source: 'told',
    sources: ['upnp'],
    stable: [STABLE6],
    state: 'dead',
    table: 'inet filter',
    target: 'gone.example.net',
    told: [{ wan: '81.2.99.2', source: 'upnp' }],
    tries: 3,
    ttl: 1800,
    tunnel: true,
    type: 'A',
    usable: [5136, 5137],
    vantage: 'outside',
    verdict: 'drop',
    wan: '100.64.9.7',
    watchedMs: 4000,
    why: 'failed',
    zone: 'example.org',
  };
  /** Where the same name means something else. */
  const OWN_ARGS: Readonly<Record<string, object>> = {
    'firewall-blocks': { source: 'internet' },
    'no-ipv4-route': { from: '192.168.77.10' },
    'udp-silent': { protocol: 'wireguard' },
  };
  const codes = findingSchema.options.map(({ shape }) => shape.code.value);
  const SETTING = { gateway: '192.168.77.1', system: 'linux' as const, services: 2 };
  const said = (code: string) =>
    prose(findingSchema.parse({ code, args: { ...ARGS, ...OWN_ARGS[code] } }), SETTING);
  const textOf = (detail: Detail): string =>
    typeof detail === 'string' ? detail : 'quote' in detail ? detail.quote : detail.row.join(' ');

  test.each(codes)('%s', (code) => {
    const { headline, details } = said(code);
    expect(headline).toMatch(/\S{2}.*\S$/u);
    for (const text of [headline, ...details.map(textOf)]) {
      expect(text).not.toMatch(/undefined|\[object|NaN|null/u);
      expect(text).not.toContain(code.includes('-') ? code : '\0');
    }
  });

  test('no two headlines are the same but for those that say the same', () => {
    const headlines = codes.map((code) => said(code).headline);
    // An address of the record, and one that could be: in both cases it answers as the service.
    expect(codes.length - new Set(headlines).size).toBeLessThanOrEqual(1);
  });
});

/** Each of these costs somebody the service, or hides the truth from the reader: `fine` must not swallow it. */
test.each([
  ['the resolver here is stale; outside all is well', 'old copy'],
  ['the resolver here makes an address up: its TTL does not count down; outside all is well', '81.2.99.130'],
  ['the resolver here denies the name (a filter); outside all is well', 'denies'],
  ['split horizon: private inside, right and working outside', 'split horizon'],
  ['the hosts file hides a right A', 'hosts file'],
  ['no AAAA, A right and working', 'no AAAA record (home.example.org)'],
  ['one of two servers is lame, the other is right', 'REFUSED'],
  ['a box on the way answers for the servers, wrongly; outside all is well', 'answers in their place'],
])('%s: told although DNS is fine', (name, what) => {
  expect(diagnosisText(diagnosisOf(name), PLAIN).replace(/\n\s+/gu, ' ')).toContain(what);
});

describe('outcomes stay apart', () => {
  test('a refused connection is an answer', () => {
    const text = diagnosisText(diagnosisOf('A is right, the connection is refused'), PLAIN);
    expect(text).toContain('refused');
    expect(text).not.toContain('no answer');
  });

  test('what an agent without IPv4 could not try is not said to fail', () => {
    const name = 'the agent has no IPv4 at all: its failure says nothing about A';
    expect(diagnosisText(diagnosisOf(name), PLAIN)).not.toMatch(/doesn't\s+answer/u);
  });

  test('another service at the line is not told as silence', () => {
    const name = "A missing, the router's own page answers at the line's address";
    expect(diagnosisText(diagnosisOf(name), PLAIN)).toMatch(/another\s+service/u);
  });
});

test.each([
  'two agents disagree about the right A: reported, no fault of DNS',
  'A connects and says nothing of itself; the line works',
])('%s: nobody is sent for a look from outside that there has been', (name) => {
  expect(diagnosisText(diagnosisOf(name), PLAIN)).not.toContain('A look from outside would decide');
});
