import { describe, expect, test } from 'vitest';
import { findingSchema } from '../../src/model/finding.ts';
import { prose } from '../../src/report/finding.ts';
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
    canonical: 'alias.example.org',
    connected: 1,
    dead: ['81.2.99.77'],
    family: 'ipv4',
    has: ['81.2.99.77'],
    hops: 1,
    inside: ['192.168.77.10'],
    name: 'home.example.org',
    outcome: 'timed-out',
    outside: ['81.2.99.2'],
    own: ['81.2.99.2'],
    provider: 'Cloudflare',
    rcode: 'SERVFAIL',
    resolver: '192.168.77.1',
    scope: 'private',
    servers: ['ns1.example.org'],
    should: ['81.2.99.2'],
    stable: [STABLE6],
    state: 'dead',
    target: 'gone.example.net',
    tries: 3,
    ttl: 1800,
    type: 'A',
    vantage: 'outside',
    zone: 'example.org',
  };
  const codes = findingSchema.options.map(({ shape }) => shape.code.value);

  test.each(codes)('%s', (code) => {
    const { headline, details } = prose(findingSchema.parse({ code, args: ARGS }));
    expect(headline).toMatch(/\S{2}.*\S$/u);
    for (const text of [headline, ...details]) {
      expect(text).not.toMatch(/undefined|\[object|NaN|null/u);
      expect(text).not.toContain(code.includes('-') ? code : '\0');
    }
  });

  test('no two headlines are the same but for those that say the same', () => {
    const headlines = codes.map((code) => prose(findingSchema.parse({ code, args: ARGS })).headline);
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
