import { describe, expect, test } from 'vitest';
import { readTold } from '../../../src/cli/diagnose/told.ts';
import { UserError } from '../../../src/model/error.ts';
import { toldFactsSchema } from '../../../src/model/facts/router.ts';

const NOTHING = { wanIpv4: null, forwards: null, routerFirewall: null, boxInFront: null };
const FORWARD = { externalPort: 443, host: '192.168.77.10', port: 8443 };

describe("what is read on the router's page", () => {
  test.each<[string, Parameters<typeof readTold>[0], object | null]>([
    ['nothing', {}, null],
    ['a public address', { wanIpv4: '81.2.99.2' }, { ...NOTHING, wanIpv4: '81.2.99.2' }],
    ['a shared one', { wanIpv4: '100.64.9.7' }, { ...NOTHING, wanIpv4: '100.64.9.7' }],
    ['a DS-Lite one', { wanIpv4: '192.0.0.2' }, { ...NOTHING, wanIpv4: '192.0.0.2' }],
    ['no address', { wanIpv4: 'none' }, { ...NOTHING, wanIpv4: 'none' }],
    ['a forward', { forward: ['443:192.168.77.10:8443'] }, { ...NOTHING, forwards: [FORWARD] }],
    ['no forward', { forward: ['none'] }, { ...NOTHING, forwards: 'none' }],
    ['a firewall', { routerFirewall: 'blocks' }, { ...NOTHING, routerFirewall: 'blocks' }],
    ['no box in front', { boxInFront: 'none' }, { ...NOTHING, boxInFront: 'none' }],
    ['one that forwards nothing', { boxInFront: 'blocks' }, { ...NOTHING, boxInFront: 'blocks' }],
    ['one that forwards', { boxInFront: '81.2.99.2' }, { ...NOTHING, boxInFront: '81.2.99.2' }],
  ])('%s', (_, flags, expected) => {
    const told = readTold(flags);
    expect(told).toEqual(expected);
    if (told !== null) toldFactsSchema.parse(told);
  });
});

test.each<[Parameters<typeof readTold>[0], RegExp]>([
  [{ wanIpv4: '' }, /--wan-ipv4 "" is no IPv4 address/u],
  [{ wanIpv4: '2a0b::1' }, /is no IPv4 address/u],
  [{ wanIpv4: '0.0.0.0' }, /say none/u],
  [{ wanIpv4: '127.0.0.1' }, /loopback/u],
  [{ boxInFront: 'forwards' }, /--box-in-front "forwards" is no IPv4 address/u],
  [{ boxInFront: '0.0.0.0' }, /--box-in-front 0.0.0.0 can't be/u],
  [{ forward: ['443'] }, /three parts/u],
  [{ forward: ['443:192.168.77.10'] }, /three parts/u],
  [{ forward: ['443:192.168.77.10:'] }, /three parts/u],
  [{ forward: ['443:192.168.77.10:443:tcp'] }, /three parts/u],
  [{ forward: ['0:192.168.77.10:443'] }, /"0" is no port/u],
  [{ forward: ['443:192.168.77.10:65536'] }, /"65536" is no port/u],
  [{ forward: ['443-445:192.168.77.10:443'] }, /"443-445" is no port/u],
  [{ forward: ['443:server:443'] }, /"server" is no IPv4 address/u],
  [{ forward: ['443:[2a0b::1]:443'] }, /three parts/u],
  [{ forward: ['none', '443:192.168.77.10:443'] }, /one or the other/u],
  [{ forward: Array(65).fill('443:192.168.77.10:443') }, /65 times/u],
])('%j can not have been read there', (flags, sentence) => {
  expect(() => readTold(flags)).toThrow(UserError);
  expect(() => readTold(flags)).toThrow(sentence);
  expect(() => readTold(flags)).toThrow(/\.$/u);
});
