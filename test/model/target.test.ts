import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/model/error.ts';
import { hostPort, parseTarget, targetSchema } from '../../src/model/target.ts';

type Row = readonly [
  input: string,
  hostKind: string,
  host: string,
  port: number,
  protocol: string,
  path: string,
];

const GOOD: readonly Row[] = [
  ['https://home.example.org', 'name', 'home.example.org', 443, 'tls', '/'],
  ['HTTPS://Home.Example.ORG./', 'name', 'home.example.org', 443, 'tls', '/'],
  ['http://home.example.org', 'name', 'home.example.org', 80, 'http', '/'],
  ['http://home.example.org:8080/a/b?c=d#e', 'name', 'home.example.org', 8080, 'http', '/a/b?c=d'],
  ['https://home.example.org?c=d', 'name', 'home.example.org', 443, 'tls', '/?c=d'],
  ['https://home.example.org#top', 'name', 'home.example.org', 443, 'tls', '/'],
  ['https://home.example.org:8443', 'name', 'home.example.org', 8443, 'tls', '/'],
  ['https://home.example.org:80', 'name', 'home.example.org', 80, 'tls', '/'],
  ['ssh://home.example.org', 'name', 'home.example.org', 22, 'ssh', '/'],
  ['ssh://home.example.org:2222', 'name', 'home.example.org', 2222, 'ssh', '/'],
  ['tcp://home.example.org:22', 'name', 'home.example.org', 22, 'ssh', '/'],
  ['tcp://home.example.org:25565', 'name', 'home.example.org', 25565, 'tcp', '/'],
  ['tls://home.example.org:993', 'name', 'home.example.org', 993, 'tls', '/'],
  ['udp://home.example.org:443', 'name', 'home.example.org', 443, 'udp', '/'],
  ['home.example.org', 'name', 'home.example.org', 443, 'tls', '/'],
  ['  home.example.org  ', 'name', 'home.example.org', 443, 'tls', '/'],
  ['home.example.org:22', 'name', 'home.example.org', 22, 'ssh', '/'],
  ['home.example.org:5432', 'name', 'home.example.org', 5432, 'tcp', '/'],
  ['home.example.org/status', 'name', 'home.example.org', 443, 'tls', '/status'],
  ['münchen.example', 'name', 'xn--mnchen-3ya.example', 443, 'tls', '/'],
  ['_dmarc.example.org', 'name', '_dmarc.example.org', 443, 'tls', '/'],
  ['81.2.99.2', 'ipv4', '81.2.99.2', 443, 'tls', '/'],
  ['81.2.99.2:80', 'ipv4', '81.2.99.2', 80, 'http', '/'],
  ['[2001:db8::1]:443', 'ipv6', '2001:db8::1', 443, 'tls', '/'],
  ['[2001:DB8::1]', 'ipv6', '2001:db8::1', 443, 'tls', '/'],
  ['2001:db8::1', 'ipv6', '2001:db8::1', 443, 'tls', '/'],
  ['https://[2001:db8::1]:8443/x', 'ipv6', '2001:db8::1', 8443, 'tls', '/x'],
  ['[::ffff:81.2.99.2]:443', 'ipv4', '81.2.99.2', 443, 'tls', '/'],
];

describe('a target as a user types it', () => {
  test.each(GOOD)('%s', (input, hostKind, host, port, protocol, path) => {
    const target = parseTarget(input);
    expect(target).toEqual({ input, host, hostKind, port, protocol, path });
    expect(targetSchema.parse(target)).toEqual(target);
  });
});

const EXPECTED =
  'expected a name, an address or a URL, such as https://home.example.org, tcp://home.example.org:22 or [2001:db8::1]:443.';

const BAD: readonly (readonly [input: string, what: string])[] = [
  ['', 'the target is empty'],
  ['   ', 'the target is empty'],
  ['home example.org', 'a target has no spaces or control characters'],
  ['home.example.org\u0007', 'a target has no spaces or control characters'],
  ['ftp://home.example.org', 'the scheme "ftp" isn\'t one of https, http, ssh, tls, tcp, udp'],
  ['tcp://home.example.org', 'the port is missing'],
  ['udp://[2001:db8::1]', 'the port is missing'],
  ['https://', 'the host is missing'],
  ['https:///path', 'the host is missing'],
  [':443', 'the host is missing'],
  ['home.example.org:0', 'the port "0" isn\'t a number from 1 to 65535'],
  ['home.example.org:65536', 'the port "65536" isn\'t a number from 1 to 65535'],
  ['home.example.org:https', 'the port "https" isn\'t a number from 1 to 65535'],
  ['home.example.org:', 'the port "" isn\'t a number from 1 to 65535'],
  ['[2001:db8::1', "the brackets don't match"],
  ['2001:db8::1]', "the brackets don't match"],
  ['[2001:db8::1]443', "the brackets don't match"],
  ['2001:db8::1::2', '"2001:db8::1::2" isn\'t an IPv6 address'],
  ['[fe80::1%eth0]:443', '"fe80::1%eth0" isn\'t an IPv6 address'],
  ['81.2.99', '"81.2.99" isn\'t an IPv4 address'],
  ['81.2.99.256', '"81.2.99.256" isn\'t an IPv4 address'],
  ['081.2.99.2', '"081.2.99.2" isn\'t an IPv4 address'],
  ['home..example.org', '"home..example.org" isn\'t a host name'],
  ['-home.example.org', '"-home.example.org" isn\'t a host name'],
  ['home.example.org..', '"home.example.org.." isn\'t a host name'],
  [`${'a'.repeat(64)}.example.org`, `"${'a'.repeat(64)}.example.org" isn't a host name`],
  ['localhost', '"localhost" is a name for a local network, which the internet can\'t look up'],
  ['nas.local', '"nas.local" is a name for a local network, which the internet can\'t look up'],
  ['nas.home.arpa', '"nas.home.arpa" is a name for a local network, which the internet can\'t look up'],
];

describe('a mistake gets one sentence: what was given, what is expected', () => {
  test.each(BAD)('"%s"', (input, what) => {
    expect(() => parseTarget(input)).toThrow(
      new UserError(`"${input}" can't be diagnosed: ${what}; ${EXPECTED}`),
    );
  });
});

/** Passwords must not turn up on a screen or in a log (design rule 10). */
test('a password in a target is not repeated', () => {
  let message = '';
  try {
    parseTarget('https://me:hunter2@home.example.org');
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  expect(message).toContain("user names and passwords don't belong");
  expect(message).not.toContain('hunter2');
});

test('whatever is typed: a valid target or a UserError, never a bug', () => {
  const pieces = fc.constantFrom(
    'https://',
    'tcp://',
    'a.example',
    '[',
    ']',
    ':',
    '::1',
    '443',
    '/',
    '?',
    '#',
    '@',
    '.',
    '%',
  );
  const typed = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 6 }).map((all) => all.join('')),
    fc.webUrl(),
  );
  fc.assert(
    fc.property(typed, (input) => {
      try {
        targetSchema.parse(parseTarget(input));
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect(error instanceof Error ? error.message : '').not.toContain('\n');
      }
    }),
    { numRuns: 1000 },
  );
});

test('host and port read back as themselves', () => {
  const hosts = fc.constantFrom('home.example.org', '81.2.99.2', '2001:db8::1');
  fc.assert(
    fc.property(hosts, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
      expect(parseTarget(hostPort(host, port))).toMatchObject({ host, port });
    }),
  );
});
