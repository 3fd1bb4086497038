import { z } from 'zod';
import { datagramIdentitySchema } from './facts/udp.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/u);

/** Who answered on an open port, by what can't be had by accident: a key, or what it says of itself. */
export const identitySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tls'),
    /** SHA-256 of the certificate's SubjectPublicKeyInfo (DER), hex. */
    spkiSha256: sha256,
    subject: z.string(),
    issuer: z.string(),
    /** The certificate covers the target's name (RFC 6125); null where the target is an address. */
    coversName: z.boolean().nullable(),
    /** The chain ends in a certificate authority that this machine trusts. */
    trusted: z.boolean(),
  }),
  z.object({
    kind: z.literal('ssh'),
    /** SHA-256 of the host key blob, hex; the server proved that it holds the key. */
    hostKeySha256: sha256,
    algorithm: z.string(),
    banner: z.string(),
  }),
  z.object({
    kind: z.literal('http'),
    status: z.int(),
    server: z.string().nullable(),
    location: z.string().nullable(),
    /** Text of the page's title; null where there is none. */
    title: z.string().nullable(),
    /** SHA-256 of the first bytes of the body, hex. */
    bodySha256: sha256,
  }),
  z.object({ kind: z.literal('banner'), text: z.string(), sha256 }),
  datagramIdentitySchema,
  z.object({
    /** It connects, but nothing tells who it is. */
    kind: z.literal('none'),
    why: z.enum(['silent', 'closed', 'handshake-failed', 'timed-out']),
    detail: z.string().optional(),
  }),
]);
export type Identity = z.infer<typeof identitySchema>;

/** Whether two answers come from the same service; `unknown` where the evidence doesn't decide. */
export type SameService = 'same' | 'different' | 'unknown';

/** A public authority vouches that who answered holds the target's name, or one that includes it. */
export const isVouched = (identity: Identity): boolean =>
  identity.kind === 'tls' && identity.trusted && identity.coversName === true;

/** SHA-256 of nothing. */
export const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Titles of the pages that programs come with: every new server shows them (nginx, Apache, Caddy, IIS, lighttpd). */
const STOCK_TITLE =
  /welcome to nginx|apache2? .*(?:default|test) page|it works|caddy works|iis windows|placeholder page|^index of|^\d{3}\b/iu;

export const isStockTitle = (title: string): boolean => STOCK_TITLE.test(title);

/** A page that says something of its own: no error, redirect, empty answer, or page that its program came with. */
const isOwnPage = ({ status, title, bodySha256 }: Extract<Identity, { kind: 'http' }>): boolean =>
  status >= 200 && status < 300 && bodySha256 !== EMPTY && !(title !== null && isStockTitle(title));

/**
 * Compares who answered at two addresses (design rule 5: open is not enough).
 * @param name the target's, which a greeting may hold; null for an address
 */
export function compareIdentity(one: Identity, other: Identity, name: string | null = null): SameService {
  if (one.kind === 'none' || other.kind === 'none') return 'unknown';
  if (one.kind === 'datagram' || other.kind === 'datagram') {
    if (one.kind !== 'datagram' || other.kind !== 'datagram') return 'unknown';
    // Another value is no other service: a program with a socket of each family may draw one for each (PocketMine-MP).
    return one.protocol === other.protocol && one.unique !== null && one.unique === other.unique
      ? 'same'
      : 'unknown';
  }
  if (one.kind === 'tls' && other.kind === 'tls') {
    if (one.spkiSha256 === other.spkiSha256) return 'same';
    // Edges of one service may hold a key each; but an old host with a wildcard certificate looks the same.
    return isVouched(one) && isVouched(other) ? 'unknown' : 'different';
  }
  if (one.kind === 'ssh' && other.kind === 'ssh') {
    if (one.hostKeySha256 === other.hostKeySha256) return 'same';
    // A server has one key an algorithm; other algorithms negotiated can't be compared.
    return one.algorithm === other.algorithm ? 'different' : 'unknown';
  }
  if (one.kind === 'http' && other.kind === 'http') {
    const differs = one.server !== other.server || one.location !== other.location;
    if (differs) return 'different';
    return one.bodySha256 === other.bodySha256 &&
      one.status === other.status &&
      isOwnPage(one) &&
      isOwnPage(other)
      ? 'same'
      : 'unknown';
  }
  if (one.kind === 'banner' && other.kind === 'banner') {
    // Programs greet alike wherever they run, unless they name their host; and a greeting may hold a time or a nonce.
    const tellsHost = name !== null && one.text.toLowerCase().includes(name);
    return one.sha256 === other.sha256 && tellsHost ? 'same' : 'unknown';
  }
  return 'different';
}
