import { createConnection, type Socket } from 'node:net';
import type { Identity } from '../../../model/identity.ts';
import { plainText } from '../../plain-text.ts';
import type { ServiceHint } from '../../ports.ts';
import { type Limits, withinLimits } from '../limits.ts';
import { nobody, nobodyBecause, nobodyInTime } from '../nobody.ts';
import { sha256 } from '../sha256.ts';
import { verifyHostKey } from './host-key.ts';
import { choose, type KeyShare, MESSAGE, makeKexInit, makeKeyShare, readReply } from './key-exchange.ts';
import { SshReceiver } from './receiver.ts';
import { SshError, WireReader, writePacket, writeString } from './wire.ts';

const CLIENT_VERSION = 'SSH-2.0-reach4';

/** Characters kept of the server's version. */
const BANNER_LENGTH = 200;

/** SSH_DISCONNECT_BY_APPLICATION (RFC 4253 11.1): tells the server that nothing went wrong. */
const BY_APPLICATION = 11;

/**
 * Goes through the key exchange (RFC 4253) until the server has proved that it holds its host key, then leaves.
 * No user name and no secret is ever sent.
 */
export function identifySsh(
  host: string,
  port: number,
  { preamble }: Pick<ServiceHint, 'preamble'>,
  limits: Limits,
): Promise<Identity> {
  let raw: Socket | undefined;
  return withinLimits<Identity>(
    limits,
    (hit) => nobodyInTime(hit, raw),
    (end) => {
      const socket = createConnection({ host, port, autoSelectFamily: false });
      raw = socket;
      const receiver = new SshReceiver();
      const session = new Session((payload) => socket.write(writePacket(payload)));
      socket.once('connect', () => {
        if (preamble !== undefined) socket.write(preamble);
        socket.write(`${CLIENT_VERSION}\r\n`);
        session.start();
      });
      socket.on('data', (part) => {
        try {
          for (const payload of receiver.push(part)) {
            const identity = session.receive(payload, receiver.version ?? '');
            if (identity === null) continue;
            // What was written last is to go out; a plain destroy would throw it away.
            socket.destroySoon();
            end(identity);
            return;
          }
        } catch (error) {
          if (!(error instanceof SshError)) throw error;
          end(nobody('handshake-failed', error.message));
        }
      });
      socket.on('error', (error) => end(nobodyBecause(error)));
      socket.on('close', () => end(nobody('closed')));
      return () => {
        if (!socket.writableEnded) socket.destroy();
      };
    },
  );
}

/** What both sides have said so far. */
interface Agreed {
  readonly hostKey: string;
  readonly serverKexInit: Buffer;
  readonly share: KeyShare;
}

/** One key exchange: what is to be answered to each message. */
class Session {
  readonly #send: (payload: Buffer) => void;
  readonly #clientKexInit = makeKexInit();
  #agreed: Agreed | null = null;
  #skipNext = false;

  constructor(send: (payload: Buffer) => void) {
    this.#send = send;
  }

  start(): void {
    this.#send(this.#clientKexInit);
  }

  /** @throws SshError where the message isn't what has to come now. */
  receive(payload: Buffer, serverVersion: string): Identity | null {
    const type = new WireReader(payload).byte();
    if (type === MESSAGE.disconnect) throw new SshError('the server disconnects');
    if (type === MESSAGE.ignore || type === MESSAGE.debug) return null;
    if (type === MESSAGE.unimplemented || type === MESSAGE.extInfo) return null;
    if (this.#agreed === null) {
      if (type !== MESSAGE.kexInit) throw new SshError('no key exchange begins');
      this.#agree(payload);
      return null;
    }
    if (this.#skipNext) {
      this.#skipNext = false;
      return null;
    }
    if (type !== MESSAGE.kexEcdhReply) throw new SshError("the key exchange doesn't go on");
    return this.#finish(payload, serverVersion, this.#agreed);
  }

  #agree(serverKexInit: Buffer): void {
    const { kex, hostKey, skipFirst } = choose(serverKexInit);
    const share = makeKeyShare(kex);
    this.#agreed = { hostKey, serverKexInit, share };
    this.#skipNext = skipFirst;
    this.#send(Buffer.concat([Buffer.of(MESSAGE.kexEcdhInit), writeString(share.publicKey)]));
  }

  #finish(payload: Buffer, serverVersion: string, agreed: Agreed): Identity {
    const transcript = {
      clientVersion: CLIENT_VERSION,
      serverVersion,
      clientKexInit: this.#clientKexInit,
      serverKexInit: agreed.serverKexInit,
    };
    const proof = readReply(payload, transcript, agreed.share);
    const algorithm = verifyHostKey(agreed.hostKey, proof.hostKey, proof.exchangeHash, proof.signature);
    const reason = Buffer.alloc(4);
    reason.writeUInt32BE(BY_APPLICATION);
    this.#send(
      Buffer.concat([Buffer.of(MESSAGE.disconnect), reason, writeString('identified'), writeString('')]),
    );
    return {
      kind: 'ssh',
      hostKeySha256: sha256(proof.hostKey),
      algorithm,
      banner: plainText(serverVersion, BANNER_LENGTH),
    };
  }
}
