import {
  createECDH,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import { SshError, WireReader, writePositive, writeString } from './wire.ts';

/** Message numbers (RFC 4253 12, RFC 5656 7.1). */
export const MESSAGE = {
  disconnect: 1,
  ignore: 2,
  unimplemented: 3,
  debug: 4,
  extInfo: 7,
  kexInit: 20,
  kexEcdhInit: 30,
  kexEcdhReply: 31,
} as const;

/** What we can do, best first. RFC 8731, RFC 5656; all servers since OpenSSH 5.7 (2011) share one of them. */
const KEX = ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256'];
const HOST_KEYS = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'];
/** Never used, since we leave before; a server still wants one in common. */
const CIPHERS =
  'aes128-ctr,aes256-ctr,chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com';
const MACS = 'hmac-sha2-256-etm@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1';

/** Our KEXINIT message (RFC 4253 7.1). */
export const makeKexInit = (): Buffer =>
  Buffer.concat([
    Buffer.of(MESSAGE.kexInit),
    randomBytes(16),
    ...[KEX.join(), HOST_KEYS.join(), CIPHERS, CIPHERS, MACS, MACS, 'none', 'none', '', ''].map(writeString),
    // first_kex_packet_follows, and four reserved bytes.
    Buffer.alloc(5),
  ]);

interface Choice {
  readonly kex: string;
  readonly hostKey: string;
  /** The server sent a first packet for another choice, which is to be thrown away (RFC 4253 7). */
  readonly skipFirst: boolean;
}

/** @throws SshError where nothing is in common. */
export function choose(serverKexInit: Buffer): Choice {
  const reader = new WireReader(serverKexInit);
  reader.bytes(1 + 16);
  const serverKex = reader.nameList();
  const serverHostKeys = reader.nameList();
  for (let list = 0; list < 8; list += 1) reader.string();
  const follows = reader.byte() !== 0;
  const kex = KEX.find((name) => serverKex.includes(name));
  const hostKey = HOST_KEYS.find((name) => serverHostKeys.includes(name));
  if (kex === undefined) throw new SshError('no key exchange in common');
  if (hostKey === undefined) throw new SshError('no host key algorithm in common');
  const guessed = serverKex[0] === KEX[0] && serverHostKeys[0] === HOST_KEYS[0];
  return { kex, hostKey, skipFirst: follows && !guessed };
}

/** Our half of a key exchange. */
export interface KeyShare {
  readonly publicKey: Buffer;
  /** The shared secret, big-endian. @throws Error where the server's half is no point of the curve. */
  agree(serverPublicKey: Buffer): Buffer;
}

export function makeKeyShare(kex: string): KeyShare {
  if (kex === 'ecdh-sha2-nistp256') {
    const ecdh = createECDH('prime256v1');
    return { publicKey: ecdh.generateKeys(), agree: (other) => ecdh.computeSecret(other) };
  }
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    agree: (other) =>
      diffieHellman({
        privateKey,
        publicKey: createPublicKey({
          key: { kty: 'OKP', crv: 'X25519', x: other.toString('base64url') },
          format: 'jwk',
        }),
      }),
  };
}

interface Transcript {
  readonly clientVersion: string;
  readonly serverVersion: string;
  readonly clientKexInit: Buffer;
  readonly serverKexInit: Buffer;
}

interface HostProof {
  readonly hostKey: Buffer;
  readonly exchangeHash: Buffer;
  readonly signature: Buffer;
}

/** Reads the server's reply and computes what its host key has to have signed (RFC 5656 4). @throws SshError */
export function readReply(payload: Buffer, transcript: Transcript, share: KeyShare): HostProof {
  const reader = new WireReader(payload);
  reader.byte();
  const hostKey = reader.string();
  const serverPublicKey = reader.string();
  const signature = reader.string();
  let secret: Buffer;
  try {
    secret = share.agree(serverPublicKey);
  } catch {
    throw new SshError("the server's key share is not valid");
  }
  const exchangeHash = createHash('sha256')
    .update(writeString(transcript.clientVersion))
    .update(writeString(transcript.serverVersion))
    .update(writeString(transcript.clientKexInit))
    .update(writeString(transcript.serverKexInit))
    .update(writeString(hostKey))
    .update(writeString(share.publicKey))
    .update(writeString(serverPublicKey))
    .update(writePositive(secret))
    .digest();
  return { hostKey, exchangeHash, signature };
}
