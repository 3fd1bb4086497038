import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressSchema,
  bracketed,
  familyOf,
  inPrefix,
  isPublic,
  parseAddress,
  type Scope,
  scopeOf,
} from '../../src/model/address.ts';

/** First and last address of every special block, and the neighbours that are not in it. Source: IANA registries. */
const SCOPES: readonly (readonly [address: string, scope: Scope])[] = [
  ['0.0.0.0', 'unspecified'],
  ['0.0.0.1', 'reserved'],
  ['0.255.255.255', 'reserved'],
  ['1.0.0.0', 'public'],
  ['9.255.255.255', 'public'],
  ['10.0.0.0', 'private'],
  ['10.255.255.255', 'private'],
  ['11.0.0.0', 'public'],
  ['100.63.255.255', 'public'],
  ['100.64.0.0', 'shared'],
  ['100.127.255.255', 'shared'],
  ['100.128.0.0', 'public'],
  ['126.255.255.255', 'public'],
  ['127.0.0.0', 'loopback'],
  ['127.255.255.255', 'loopback'],
  ['128.0.0.0', 'public'],
  ['169.253.255.255', 'public'],
  ['169.254.169.254', 'link-local'],
  ['169.255.0.0', 'public'],
  ['172.15.255.255', 'public'],
  ['172.16.0.0', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', 'public'],
  ['191.255.255.255', 'public'],
  ['192.0.0.0', 'reserved'],
  ['192.0.0.1', 'reserved'],
  ['192.0.0.255', 'reserved'],
  ['192.0.1.0', 'public'],
  ['192.0.2.255', 'documentation'],
  ['192.0.3.0', 'public'],
  ['192.31.196.1', 'reserved'],
  ['192.52.193.1', 'reserved'],
  ['192.88.99.1', 'reserved'],
  ['192.88.98.255', 'public'],
  ['192.167.255.255', 'public'],
  ['192.168.0.0', 'private'],
  ['192.168.255.255', 'private'],
  ['192.169.0.0', 'public'],
  ['192.175.48.6', 'reserved'],
  ['198.17.255.255', 'public'],
  ['198.18.0.0', 'reserved'],
  ['198.19.255.255', 'reserved'],
  ['198.20.0.0', 'public'],
  ['198.51.100.7', 'documentation'],
  ['203.0.113.255', 'documentation'],
  ['203.0.114.0', 'public'],
  ['223.255.255.255', 'public'],
  ['224.0.0.0', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.0', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::2', 'reserved'],
  ['64:ff9b::808:808', 'reserved'],
  ['64:ff9b:1::1', 'reserved'],
  ['100::1', 'reserved'],
  ['1fff:ffff::1', 'reserved'],
  ['2000::1', 'public'],
  ['2001::1', 'reserved'],
  ['2001:1ff:ffff::1', 'reserved'],
  ['2001:200::1', 'public'],
  ['2001:db7:ffff::1', 'public'],
  ['2001:db8::', 'documentation'],
  ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation'],
  ['2001:db9::1', 'public'],
  ['2002:5163:6302::1', 'reserved'],
  ['2003::1', 'public'],
  ['3ffe:ffff::1', 'public'],
  ['3fff:0:0:1::1', 'documentation'],
  ['3fff:fff:ffff::1', 'documentation'],
  ['3fff:1000::1', 'public'],
  ['4000::1', 'reserved'],
  ['fbff::1', 'reserved'],
  ['fc00::1', 'unique-local'],
  ['fdff:ffff::1', 'unique-local'],
  ['fe00::1', 'reserved'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'reserved'],
  ['ff02::1', 'multicast'],
];

describe('the scope of an address', () => {
  test.each(SCOPES)('%s is %s', (address, scope) => {
    expect(scopeOf(address)).toBe(scope);
    expect(isPublic(address)).toBe(scope === 'public');
  });

  test('an IPv4-mapped address has the scope of its IPv4 address', () => {
    expect(scopeOf('::ffff:10.0.0.1')).toBe('private');
    expect(scopeOf('::ffff:8.8.8.8')).toBe('public');
  });

  test('text that is no address is a bug of the caller', () => {
    expect(() => scopeOf('home.example.org')).toThrow(RangeError);
    expect(() => familyOf('')).toThrow(RangeError);
    expect(() => inPrefix('1.2.3', '10.0.0.0/8')).toThrow(RangeError);
  });
});

describe('reading an address', () => {
  test.each([
    ['81.2.99.2', '81.2.99.2'],
    ['2001:DB8:0:0::0010', '2001:db8::10'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:81.2.99.2', '81.2.99.2'],
    ['::ffff:5102:6302', '81.2.99.2'],
    ['::', '::'],
  ])('%s is %s', (text, canonical) => {
    expect(parseAddress(text)).toBe(canonical);
  });

  test.each([
    '',
    'localhost',
    '1',
    '1.2.3',
    '010.1.2.3',
    '0x7f.0.0.1',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.-4',
    ' 1.2.3.4',
    '1.2.3.4/32',
    '2130706433',
    'fe80::1%eth0',
    ':::',
    '2001:db8::1::2',
    '12345::',
    '[::1]',
    '٨.٨.٨.٨',
  ])('"%s" is none', (text) => {
    expect(parseAddress(text)).toBeNull();
    expect(addressSchema.safeParse(text).success).toBe(false);
  });

  test('only canonical text is an address in evidence', () => {
    expect(addressSchema.safeParse('2001:DB8::1').success).toBe(false);
    expect(addressSchema.safeParse('::ffff:1.2.3.4').success).toBe(false);
    expect(addressSchema.safeParse('2001:db8::1').success).toBe(true);
  });

  test('whatever the text: null or canonical, and canonical text stays as it is', () => {
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended(),
      fc.string({ maxLength: 40 }),
      fc.stringMatching(/^[0-9a-f:.]{0,40}$/u),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const canonical = parseAddress(text);
        if (canonical === null) return;
        expect(parseAddress(canonical)).toBe(canonical);
        expect(familyOf(canonical)).toBe(canonical.includes(':') ? 'ipv6' : 'ipv4');
        expect(canonical).not.toMatch(/[A-Z%]/u);
      }),
    );
  });

  test('every IPv4 address reads back as itself, in both its forms', () => {
    const octet = fc.nat(255);
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        const text = octets.join('.');
        expect(parseAddress(text)).toBe(text);
        expect(parseAddress(`::ffff:${text}`)).toBe(text);
      }),
    );
  });

  test('every IPv6 address reads back as the same 128 bits', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const full = groups.map((each) => each.toString(16)).join(':');
        const canonical = parseAddress(full);
        if (canonical === null || !canonical.includes(':')) return;
        // The URL parser of the platform writes the same address by itself.
        expect(new URL(`http://[${full}]/`).hostname).toBe(`[${canonical}]`);
      }),
    );
  });
});

test('prefixes match within their family only', () => {
  expect(inPrefix('104.16.132.229', '104.16.0.0/13')).toBe(true);
  expect(inPrefix('104.24.0.0', '104.16.0.0/13')).toBe(false);
  expect(inPrefix('2606:4700::1', '2606:4700::/32')).toBe(true);
  expect(inPrefix('104.16.132.229', '::/0')).toBe(false);
  expect(inPrefix('2606:4700::1', '0.0.0.0/0')).toBe(false);
});

test('IPv6 goes into brackets, everything else stays', () => {
  expect(bracketed('2001:db8::1')).toBe('[2001:db8::1]');
  expect(bracketed('81.2.99.2')).toBe('81.2.99.2');
  expect(bracketed('home.example.org')).toBe('home.example.org');
});
