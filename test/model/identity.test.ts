import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareIdentity,
  type Identity,
  identitySchema,
  type SameService,
} from '../../src/model/identity.ts';
import { SILENT, tls } from '../support/names.ts';

type Of<K extends Identity['kind']> = Extract<Identity, { kind: K }>;

const hash = (digit: string): string => digit.repeat(64);
const ssh = (digit: string, algorithm = 'ssh-ed25519', banner = 'SSH-2.0-OpenSSH_10.0'): Of<'ssh'> => ({
  kind: 'ssh',
  hostKeySha256: hash(digit),
  algorithm,
  banner,
});
const http = (more: Partial<Of<'http'>> = {}): Of<'http'> => ({
  kind: 'http',
  status: 200,
  server: 'nginx',
  location: null,
  title: 'Home',
  bodySha256: hash('1'),
  ...more,
});
const banner = (digit: string): Of<'banner'> => ({
  kind: 'banner',
  text: `220 ${digit}`,
  sha256: hash(digit),
});

const trusted = { trusted: true, coversName: true } as const;

/** SHA-256 of nothing. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const PAIRS: readonly (readonly [what: string, one: Identity, other: Identity, same: SameService])[] = [
  ['one TLS key', tls('a'), tls('a', { subject: 'CN=renewed', issuer: 'CN=R12' }), 'same'],
  ['two TLS keys that nobody vouches for', tls('a'), tls('b'), 'different'],
  [
    'two TLS keys, both vouched for by a public authority: a wildcard certificate looks the same',
    tls('a', trusted),
    tls('b', trusted),
    'unknown',
  ],
  ['two TLS keys, one vouched for', tls('a', trusted), tls('b', { coversName: true }), 'different'],
  [
    'two TLS keys, trusted, one for another name',
    tls('a', trusted),
    tls('b', { trusted: true, coversName: false }),
    'different',
  ],
  [
    'two TLS keys, trusted, of an address',
    tls('a', { trusted: true, coversName: null }),
    tls('b', { trusted: true, coversName: null }),
    'different',
  ],
  ['one SSH key', ssh('a'), ssh('a', 'ssh-ed25519', 'SSH-2.0-OpenSSH_10.1'), 'same'],
  ['two SSH keys of one algorithm', ssh('a'), ssh('b'), 'different'],
  ['SSH keys of two algorithms', ssh('a'), ssh('b', 'rsa-sha2-512'), 'unknown'],
  ['one page', http(), http(), 'same'],
  [
    'a page made anew, with its title: titles are alike everywhere',
    http(),
    http({ bodySha256: hash('2') }),
    'unknown',
  ],
  [
    'the page that nginx comes with',
    http({ title: 'Welcome to nginx!' }),
    http({ title: 'Welcome to nginx!' }),
    'unknown',
  ],
  ['one error page', http({ status: 404 }), http({ status: 404 }), 'unknown'],
  [
    'one empty answer',
    http({ title: null, bodySha256: EMPTY }),
    http({ title: null, bodySha256: EMPTY }),
    'unknown',
  ],
  [
    'a page made anew, without a title',
    http({ title: null }),
    http({ title: null, bodySha256: hash('2') }),
    'unknown',
  ],
  ['another status', http(), http({ status: 502 }), 'unknown'],
  ['another server', http(), http({ server: 'router' }), 'different'],
  ['another redirect', http({ location: '/a' }), http({ location: 'https://router.invalid/' }), 'different'],
  ['one banner, without a name: programs greet alike', banner('1'), banner('1'), 'unknown'],
  ['two banners, which may carry the time', banner('1'), banner('2'), 'unknown'],
  ['two kinds of service', tls('a'), ssh('a'), 'different'],
  ['nothing to go by', SILENT, SILENT, 'unknown'],
  ['nothing to go by on one side', tls('a'), SILENT, 'unknown'],
];

test('a greeting that names the host is its own', () => {
  const greeting = identitySchema.parse({
    kind: 'banner',
    text: '220 home.example.org ESMTP',
    sha256: hash('1'),
  });
  expect(compareIdentity(greeting, greeting, 'home.example.org')).toBe('same');
  expect(compareIdentity(greeting, greeting, 'other.example.org')).toBe('unknown');
});

describe('whether the same service answers', () => {
  test.each(PAIRS)('%s', (_what, one, other, same) => {
    expect(compareIdentity(identitySchema.parse(one), identitySchema.parse(other))).toBe(same);
    expect(compareIdentity(other, one)).toBe(same);
  });

  /** Millions of routers redirect to themselves and say no name: such an answer is nobody's in particular. */
  test('an empty error page is no proof', () => {
    const nobody = http({ status: 404, server: null, title: null, bodySha256: hash('e') });
    expect(compareIdentity(nobody, { ...nobody })).not.toBe('different');
  });

  test('it does not matter which one is named first', () => {
    const any = fc.constantFrom(...PAIRS.flatMap(([, one, other]) => [one, other]));
    fc.assert(
      fc.property(any, any, (one, other) => {
        expect(compareIdentity(one, other)).toBe(compareIdentity(other, one));
      }),
    );
  });
});
