import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { SshError, WireReader } from './wire.ts';

/** Bytes of an RSA modulus and exponent that we compute with: 16384 bits as OpenSSH, and what any real key has. */
const MAX_MODULUS = 2048;
const MAX_EXPONENT = 8;

/** Type of the key in the blob for each signature algorithm (RFC 8709, RFC 5656, RFC 8332). */
const KEY_TYPES: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ssh-ed25519',
  'ecdsa-sha2-nistp256': 'ecdsa-sha2-nistp256',
  'rsa-sha2-512': 'ssh-rsa',
  'rsa-sha2-256': 'ssh-rsa',
};

/**
 * Checks that the host key signed the exchange: that the server holds it, and not just shows it.
 * @param algorithm the signature algorithm that was agreed on.
 * @returns the key's type, such as `ssh-ed25519` or `ssh-rsa`.
 * @throws SshError where the key can't be read or the signature doesn't hold.
 */
export function verifyHostKey(algorithm: string, hostKey: Buffer, signed: Buffer, signature: Buffer): string {
  const key = new WireReader(hostKey);
  const type = key.text();
  if (type !== KEY_TYPES[algorithm]) throw new SshError('the host key is of another type than agreed');
  const reader = new WireReader(signature);
  if (reader.text() !== algorithm) throw new SshError('the signature is of another kind than agreed');
  const bytes = reader.string();
  let holds: boolean;
  try {
    holds = check(algorithm, key, signed, bytes);
  } catch (error) {
    if (error instanceof SshError) throw error;
    throw new SshError("the host key can't be read");
  }
  if (!holds) throw new SshError("the host key's signature doesn't hold");
  return type;
}

function check(algorithm: string, key: WireReader, signed: Buffer, signature: Buffer): boolean {
  switch (algorithm) {
    case 'ssh-ed25519':
      return verify(null, signed, publicKey({ kty: 'OKP', crv: 'Ed25519', x: url(key.string()) }), signature);
    case 'ecdsa-sha2-nistp256':
      return verify('sha256', signed, { key: p256(key), dsaEncoding: 'ieee-p1363' }, rawEcdsa(signature));
    case 'rsa-sha2-512':
      return checkRsa('sha512', key, signed, signature);
    case 'rsa-sha2-256':
      return checkRsa('sha256', key, signed, signature);
    default:
      throw new SshError('an algorithm that was never offered');
  }
}

function p256(key: WireReader) {
  const curve = key.text();
  const point = key.string();
  if (curve !== 'nistp256' || point.length !== 65 || point[0] !== 4) throw new SshError('not a P-256 key');
  return publicKey({ kty: 'EC', crv: 'P-256', x: url(point.subarray(1, 33)), y: url(point.subarray(33)) });
}

/** Two numbers of up to 32 bytes, as one string of 64. */
function rawEcdsa(signature: Buffer): Buffer {
  const reader = new WireReader(signature);
  return Buffer.concat([leftPadded(reader.positive(), 32), leftPadded(reader.positive(), 32)]);
}

function checkRsa(hash: string, key: WireReader, signed: Buffer, signature: Buffer): boolean {
  const exponent = key.positive();
  const modulus = key.positive();
  if (exponent.length > MAX_EXPONENT || modulus.length > MAX_MODULUS)
    throw new SshError('the RSA key is too large');
  // Some servers leave out leading zeros of the signature.
  return verify(
    hash,
    signed,
    publicKey({ kty: 'RSA', n: url(modulus), e: url(exponent) }),
    leftPadded(signature, modulus.length),
  );
}

function leftPadded(bytes: Buffer, length: number): Buffer {
  if (bytes.length > length) throw new SshError('a signature is too long');
  return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}

const url = (bytes: Buffer): string => bytes.toString('base64url');

const publicKey = (key: JsonWebKey) => createPublicKey({ key, format: 'jwk' });
