import { describe, expect, test } from 'vitest';
import { parseDig } from '../../src/outside/dig.ts';

/** The form is that of dig 9.18 (BIND 9.18.49, Debian 12), filled in by hand from its source, bin/dig/dighost.c and dig.c. */
const dig = (status: string, flags: string, sections: string, server = '192.0.2.53'): string[] =>
  `
; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> home.example.org A
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 4711
;; flags: ${flags}; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1

;; QUESTION SECTION:
;home.example.org.		IN	A

${sections}

;; Query time: 12 msec
;; SERVER: ${server}#53(${server}) (UDP)
;; WHEN: Sat Nov 28 06:51:00 UTC 2026
;; MSG SIZE  rcvd: 61
`.split('\n');
const SOA = 'example.org.\t\t900\tIN\tSOA\tns1.example.org. root.example.org. 7 3600 900 604800 300';

describe('what dig prints', () => {
  test('an address behind a CNAME', () => {
    const lines = dig(
      'NOERROR',
      'qr rd ra',
      ';; ANSWER SECTION:\nhome.example.org.\t300\tIN\tCNAME\tHome.example.net.\nhome.example.net.\t60\tIN\tA\t81.2.99.2',
    );
    expect(parseDig(lines, 'A')).toEqual({
      server: '192.0.2.53',
      answer: {
        outcome: 'answer',
        rcode: 'NOERROR',
        authoritative: false,
        recursionAvailable: true,
        chain: [{ name: 'home.example.org', target: 'home.example.net', ttl: 300 }],
        addresses: [{ address: '81.2.99.2', ttl: 60 }],
        soa: null,
        ms: 12,
      },
    });
  });

  test.each([
    ['NOERROR', `;; AUTHORITY SECTION:\n${SOA}`, 'no-data', { zone: 'example.org', negativeTtl: 300 }],
    ['NXDOMAIN', `;; AUTHORITY SECTION:\n${SOA}`, 'nxdomain', { zone: 'example.org', negativeTtl: 300 }],
    ['NOERROR', ';; AUTHORITY SECTION:\nexample.org.\t900\tIN\tNS\tns1.example.org.', 'referral', null],
    ['SERVFAIL', ';; ANSWER SECTION:\nhome.example.org.\t60\tIN\tA\t81.2.99.2', 'servfail', null],
    ['REFUSED', '', 'refused', null],
    ['NOTIMP', '', 'other', null],
  ] as const)('%s is no address: %s', (status, sections, outcome, soa) => {
    expect(parseDig(dig(status, 'qr rd ra', sections), 'A')?.answer).toMatchObject({
      outcome,
      soa,
      addresses: [],
    });
  });

  test.each([
    [
      'no server could be reached',
      [';; communications error to 127.0.0.1#53: connection refused', ';; no servers could be reached'],
    ],
    ['cut off before its end', dig('NOERROR', 'qr rd ra', '').slice(0, 9)],
    ['whose server is not told', dig('NOERROR', 'qr rd ra', '', 'x.x.x.x')],
    ['nothing', []],
  ])('nothing where it is an answer of nobody: %s', (_, lines) => {
    expect(parseDig(lines, 'A')).toBeNull();
  });
});
