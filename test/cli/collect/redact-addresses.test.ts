import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Addresses } from '../../../src/cli/collect/redact/addresses.ts';
import { Names } from '../../../src/cli/collect/redact/names.ts';
import { StandIns } from '../../../src/cli/collect/redact/stand-ins.ts';
import { familyOf, inPrefix, isPublic, parseAddress, scopeOf } from '../../../src/model/address.ts';
import { companyOf } from '../../../src/model/view/dns-host.ts';
import { edgeProvider } from '../../../src/model/view/proxies.ts';
import { PROXY4, PROXY6 } from '../../support/names.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const plain = (text: string): string[] => {
  const address = parseAddress(text);
  return address === null ? [] : [address];
};
/** Any address, and many in prefixes that mean something or lie beside one. */
const address = fc
  .oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc
      .tuple(
        fc.constantFrom(
          '10',
          '100.64',
          '100.128',
          '172.16',
          '172.64',
          '192.0.0',
          '192.168',
          '104.16',
          '104.15',
          '169.254',
          '103.31',
          '198.18',
        ),
        fc.ipV4(),
      )
      .map(([start, rest]) => [...start.split('.'), ...rest.split('.')].slice(0, 4).join('.')),
    fc
      .tuple(
        fc.constantFrom('2a0b:4341:7700', '2606:4700', 'fe80::', 'fd00', '2001:db8', '2600:9000', '2002'),
        fc.nat(65535),
        fc.nat(65535),
      )
      .map(([start, one, other]) =>
        start.endsWith('::')
          ? `${start}${one.toString(16)}:${other.toString(16)}`
          : `${start}:${one.toString(16)}::${other.toString(16)}`,
      ),
  )
  .map(plain)
  .filter((all) => all.length === 1)
  .map(([each = '']) => each);

const isAtEdge = (each: string): boolean => edgeProvider(each, []) !== null;

const common = (one: string, other: string): number => {
  const lengths = familyOf(one) === 'ipv4' ? 32 : 128;
  for (let length = lengths; length >= 0; length -= 1) if (inPrefix(one, `${other}/${length}`)) return length;
  return 0;
};

describe('addresses', () => {
  test('family, scope and provider stay, and so does which address is which', () => {
    fc.assert(
      fc.property(key, fc.array(address, { minLength: 2, maxLength: 6 }), (secret, all) => {
        const by = new Addresses(secret);
        const made = all.map((each) => by.of(each));
        for (const [index, each] of all.entries()) {
          const standIn = made[index] ?? '';
          expect(parseAddress(standIn)).toBe(standIn);
          expect(familyOf(standIn)).toBe(familyOf(each));
          expect(scopeOf(standIn)).toBe(scopeOf(each));
          expect(edgeProvider(standIn, [])).toBe(edgeProvider(each, []));
          expect(standIn.startsWith('192.0.0.')).toBe(each.startsWith('192.0.0.'));
        }
        expect(new Set(made).size).toBe(new Set(all).size);
      }),
      { numRuns: 400 },
    );
  });

  test('addresses lie together in a prefix as they did', () => {
    fc.assert(
      fc.property(key, fc.array(address, { minLength: 2, maxLength: 6 }), (secret, all) => {
        const by = new Addresses(secret);
        for (const one of all) {
          for (const other of all.filter((each) => familyOf(each) === familyOf(one))) {
            const before = common(one, other);
            const shortest = familyOf(one) === 'ipv4' ? 8 : 16;
            // Shorter ones say which registry gave the addresses, and nothing that is judged.
            if (before < shortest && isPublic(one) && isPublic(other)) continue;
            const isAlike = isPublic(one) === isPublic(other) && isAtEdge(one) === isAtEdge(other);
            if (isAlike) expect(common(by.of(one), by.of(other))).toBe(before);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('nothing of an ordinary public address is left, with whatever key', () => {
    const by = (byte: number) => new Addresses(new Uint8Array(32).fill(byte));
    const kept = Array.from({ length: 64 }, (_, byte) => by(byte).of('81.2.99.2'));
    expect(kept.filter((each) => each.startsWith('81.')).length).toBeLessThan(5);
    expect(new Set(kept).size).toBe(64);
  });

  test.each(['127.0.0.1', '127.0.0.53', '::1', '0.0.0.0', '::'])('%s is everybody’s', (each) => {
    expect(new Addresses(new Uint8Array(32)).of(each)).toBe(each);
  });

  test.each([PROXY4, PROXY6])('%s stays at its provider, at another address', (each) => {
    const made = new Addresses(new Uint8Array(32)).of(each);
    expect(edgeProvider(made, [])).toBe('Cloudflare');
    expect(made).not.toBe(each);
  });
});

describe('names', () => {
  const names = new Names();
  test.each([
    ['home.example.org', 'n1.n2.n3.example'],
    ['example.org', 'n2.n3.example'],
    ['example.org.', 'n2.n3.example.'],
    ['other.example.org', 'n4.n2.n3.example'],
    ['', ''],
    ['.', '.'],
    ['d1.cloudfront.net', 'n5.cloudfront.net'],
    ['cloudfront.net', 'cloudfront.net'],
  ])('%s', (name, made) => {
    expect(names.of(name)).toBe(made);
  });

  test.each([
    'anna.ns.cloudflare.com',
    'ns-12.awsdns-34.co.uk',
    'ns1.he.net',
    'ns-cloud-a1.googledomains.com',
  ])('%s: its company shows, and nothing else', (name) => {
    const made = new Names().ofServer(name);
    expect(companyOf(made)).toBe(companyOf(name));
    expect(made).not.toContain('anna');
    expect(made).not.toContain('12');
  });

  test("a customer's own name server is nobody's", () => {
    expect(new Names().ofServer('ns1.quokka.org')).toBe('n1.n2.n3.example');
  });
});

describe('rules, commands and messages', () => {
  const by = new StandIns(new Uint8Array(32).fill(9));
  const lan = by.addresses.of('192.168.1.5');
  by.names.of('home.example.org');
  test.each<[string, string]>([
    [
      'meta nfproto ipv4 tcp dport 443 counter packets 12 drop',
      'meta nfproto ipv4 tcp dport 443 counter packets 12 drop',
    ],
    ['-A INPUT -p tcp -m tcp --dport 443 -j DROP', '-A INPUT -p tcp -m tcp --dport 443 -j DROP'],
    ['ip saddr 192.168.1.5 accept', `ip saddr ${lan} accept`],
    ['tcp dport 443 accept comment "my cellar"', 'tcp dport 443 accept comment "… …"'],
    ['nc -vz 192.168.1.5 443', `nc -vz ${lan} 443`],
    ['dig +norecurse @192.168.1.5 home.example.org A', `dig +norecurse @${lan} n1.n2.n3.example …`],
    ['dig @192.168.1.5 unmet.example.org', `dig @${lan} …`],
  ])('%s', (text, made) => {
    expect(by.prose(text)).toBe(made);
  });

  test('a prefix stays a prefix around its addresses', () => {
    const [, made = ''] = by.prose('ip saddr 192.168.1.0/24 accept').split('saddr ');
    expect(inPrefix(lan, made.replace(' accept', ''))).toBe(true);
  });
});
