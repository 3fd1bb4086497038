import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf, refusalOf, sourceOf } from '../../src/agent/dial-policy.ts';
import { isPublic, parseAddress } from '../../src/model/address.ts';

const OWN = [
  { interface: 'eth0', address: '45.83.104.20', prefixLength: 22 },
  { interface: 'eth0', address: '2a03:4000:47:10::20', prefixLength: 64 },
  { interface: 'lo', address: '127.0.0.1', prefixLength: 8 },
];

const REFUSED: readonly (readonly [address: string, why: RegExp])[] = [
  ['10.0.0.1', /private/u],
  ['172.16.0.1', /private/u],
  ['172.31.255.255', /private/u],
  ['192.168.1.1', /private/u],
  ['100.64.0.1', /RFC 6598/u],
  ['100.127.255.254', /RFC 6598/u],
  ['127.0.0.1', /loopback/u],
  ['127.8.8.8', /loopback/u],
  ['::1', /loopback/u],
  ['169.254.1.1', /link-local/u],
  ['fe80::1', /link-local/u],
  ['fc00::1', /unique local/u],
  ['fdff::1', /unique local/u],
  ['fec0::1', /reserved/u],
  ['224.0.0.1', /multicast/u],
  ['239.255.255.250', /multicast/u],
  ['ff02::1', /multicast/u],
  ['ff0e::1', /multicast/u],
  ['192.0.2.1', /documentation/u],
  ['198.51.100.1', /documentation/u],
  ['203.0.113.1', /documentation/u],
  ['2001:db8::1', /documentation/u],
  ['3fff::1', /documentation/u],
  ['0.0.0.0', /unspecified/u],
  ['::', /unspecified/u],
  ['0.1.2.3', /reserved/u],
  ['192.0.0.8', /reserved/u],
  ['192.88.99.1', /reserved/u],
  ['198.18.0.1', /reserved/u],
  ['240.0.0.1', /reserved/u],
  ['255.255.255.255', /reserved/u],
  ['100::1', /reserved/u],
  ['4000::1', /reserved/u],
  ['5f00::1', /reserved/u],
  // IPv4 inside IPv6, in each form in which it is written.
  ['::ffff:81.2.99.2', /canonical/u],
  ['::ffff:5102:6302', /canonical/u],
  ['0:0:0:0:0:ffff:7f00:1', /canonical/u],
  ['::ffff:127.0.0.1', /canonical/u],
  ['::ffff:0:7f00:1', /reserved/u],
  ['::81.2.99.2', /canonical/u],
  ['::5102:6302', /reserved/u],
  ['::7f00:1', /reserved/u],
  ['64:ff9b::5102:6302', /reserved/u],
  ['64:ff9b::a00:1', /reserved/u],
  ['64:ff9b::10.0.0.1', /canonical/u],
  ['64:ff9b:1::a00:1', /reserved/u],
  ['2002:7f00:1::1', /reserved/u],
  ['2002:5102:6302::1', /reserved/u],
  ['2001::1', /reserved/u],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', /reserved/u],
  // Where clouds keep secrets.
  ['169.254.169.254', /metadata/u],
  ['fd00:ec2::254', /metadata/u],
  ['168.63.129.16', /metadata/u],
  ['100.100.100.200', /metadata/u],
  ['192.0.0.192', /metadata/u],
  // Other ways to write an address, and what is none.
  ['2130706433', /canonical/u],
  ['0x7f000001', /canonical/u],
  ['0177.0.0.1', /canonical/u],
  ['127.1', /canonical/u],
  ['081.2.99.2', /canonical/u],
  ['2A0B:4341::1', /canonical/u],
  ['2a0b:4341:0:0:0:0:0:1', /canonical/u],
  ['fe80::1%eth0', /canonical/u],
  ['2a0b:4341::1%lo', /canonical/u],
  ['[2a0b:4341::1]', /canonical/u],
  ['81.2.99.2:443', /canonical/u],
  ['localhost', /canonical/u],
  ['home.example.org', /canonical/u],
  // The agent's own, and its neighbours.
  ['45.83.104.20', /own address/u],
  ['2a03:4000:47:10::20', /own address/u],
  ['45.83.107.250', /own network/u],
  ['2a03:4000:47:10:ffff::1', /own network/u],
];

describe('refusalOf', () => {
  it.each(REFUSED)('refuses %s', (address, why) => {
    const sentence = refusalOf(address, OWN);
    expect(sentence).toMatch(why);
    expect(sentence).toContain(address);
    expect(sentence).toMatch(/\.$/u);
  });

  it.each([
    '81.2.99.2',
    '45.83.108.1',
    '1.1.1.1',
    '2a0b:4341:7700::10',
    '2a03:4000:47:11::20',
    '2606:4700::1',
  ])('lets %s pass', (address) => {
    expect(refusalOf(address, OWN)).toBeNull();
  });

  it('lets nothing pass but canonical public addresses', () => {
    const anything = fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string(), fc.domain());
    fc.assert(
      fc.property(anything, (text) => {
        if (refusalOf(text, OWN) !== null) return;
        expect(parseAddress(text)).toBe(text);
        expect(isPublic(text)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('networkOf', () => {
  it.each([
    ['81.2.99.2', '81.2.99.2'],
    ['2a0b:4341:7700:1:2:3:4:5', '2a0b:4341:7700:1::'],
    ['2a0b:4341:7700:1::', '2a0b:4341:7700:1::'],
  ])('%s belongs to %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('counts no source on the machine itself', () => {
    expect([sourceOf('127.0.0.1'), sourceOf('::1'), sourceOf('81.2.99.2')]).toEqual([
      null,
      null,
      '81.2.99.2',
    ]);
  });
});
