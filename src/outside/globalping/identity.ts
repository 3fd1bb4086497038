import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseAddress } from '../../model/address.ts';
import type { Identity } from '../../model/identity.ts';
import { describeHttp } from '../../ports/node/identify-http.ts';
import { sha256 } from '../../ports/node/sha256.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { ServiceHint } from '../../ports/ports.ts';
import type { PlaceResult } from './api.ts';

/** Characters kept of a certificate's names. */
const NAME_LENGTH = 256;
/** The port that needs no mention in the Host header: the API never mentions one. */
const HTTP_PORT = 80;

const text = z.string().max(16_384);
const tlsSchema = z.object({
  authorized: z.boolean(),
  error: text.optional(),
  subject: z.object({ CN: text.optional(), alt: text.optional() }),
  issuer: z.object({ C: text.optional(), O: text.optional(), CN: text.optional() }),
  keyType: z.enum(['RSA', 'EC']),
  publicKey: z
    .string()
    .max(6_500)
    .regex(/^(?:[0-9A-F]{2}:){15,2100}[0-9A-F]{2}$/u),
});
const header = z.union([text, z.array(text).max(64)]);
const httpSchema = z.object({
  status: z.literal('finished'),
  resolvedAddress: z.string().max(64),
  statusCode: z.int().min(100).max(999),
  headers: z.record(z.string().max(1_024), header),
  rawBody: z.string().max(20_000).nullable(),
  tls: z.unknown(),
});

/**
 * Who answered a test by HTTP: the key of its certificate, or its page. Null where that can't be compared with a look from
 * here: open is not enough.
 */
export function identityOf(
  result: PlaceResult['result'],
  address: string,
  port: number,
  { protocol, name }: ServiceHint,
): Identity | null {
  const parsed = httpSchema.safeParse(result);
  if (!parsed.success || parseAddress(parsed.data.resolvedAddress) !== address) return null;
  const { statusCode, headers, rawBody, tls } = parsed.data;
  if (protocol === 'tls') return byKey(tls, name);
  // The request names no port, so a server on another one may answer otherwise than to a look from here.
  if (protocol !== 'http' || port !== HTTP_PORT || name === null) return null;
  const one = (wanted: string): string | undefined => {
    const value = headers[wanted];
    return typeof value === 'string' ? value : value?.[0];
  };
  const head = { server: one('server'), location: one('location') };
  return describeHttp(statusCode, head, Buffer.from(rawBody ?? '', 'utf8'));
}

function byKey(data: unknown, name: string | null): Identity | null {
  const parsed = tlsSchema.safeParse(data);
  if (!parsed.success) return null;
  const { authorized, error = '', subject, issuer, keyType, publicKey } = parsed.data;
  const spki = spkiOf(keyType, Buffer.from(publicKey.replaceAll(':', ''), 'hex'));
  if (spki === null) return null;
  // Node compares the name only after the chain was found good (tls.TLSSocket, authorizationError).
  const isOtherName = error === 'ERR_TLS_CERT_ALTNAME_INVALID';
  return {
    kind: 'tls',
    spkiSha256: sha256(spki),
    subject: named(subject),
    issuer: named(issuer),
    coversName: name === null ? null : !isOtherName && (authorized || covers(subject.alt ?? '', name)),
    trusted: authorized || isOtherName,
  };
}

const named = (parts: Readonly<Record<string, string | undefined>>): string =>
  plainText(
    ['C', 'O', 'CN'].flatMap((key) => (parts[key] === undefined ? [] : [`${key}=${parts[key]}`])).join(', '),
    NAME_LENGTH,
  );

/**
 * SubjectPublicKeyInfo (DER) of what Node gives as a certificate's `pubkey`: for RSA that is it already, for elliptic curves
 * it is the bare point. Null where the point isn't on a curve that certificates of the web have.
 */
function spkiOf(type: 'RSA' | 'EC', bytes: Buffer): Buffer | null {
  try {
    const key =
      type === 'EC' ? pointKey(bytes) : createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    if (key === null) return null;
    return key.export({ type: 'spki', format: 'der' });
  } catch {
    return null;
  }
}

/** @throws Error where the point isn't on the curve of its size */
function pointKey(point: Buffer): KeyObject | null {
  const size = (point.length - 1) / 2;
  const crv = CURVES[size];
  if (crv === undefined || point[0] !== 4) return null;
  const [x = '', y = ''] = [point.subarray(1, 1 + size), point.subarray(1 + size)].map((part) =>
    part.toString('base64url'),
  );
  return createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
}

/** By the bytes of a coordinate (RFC 7518, section 6.2.1.1). */
const CURVES: Readonly<Record<number, string>> = { 32: 'P-256', 48: 'P-384', 66: 'P-521' };

/** RFC 6125: a name as a whole, or a wildcard for its left-most label. `alt` as Node prints it: `DNS:a.example, DNS:*.b.example`. */
function covers(alt: string, name: string): boolean {
  const wildcard = name.replace(/^[^.]+/u, '*');
  return alt
    .split(', ')
    .filter((each) => each.startsWith('DNS:'))
    .map((each) => each.slice('DNS:'.length).toLowerCase())
    .some((each) => each === name || (each === wildcard && name.split('.').length > 2));
}
