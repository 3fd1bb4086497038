import type { X509Certificate } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Identity } from '../../model/identity.ts';
import { plainText } from '../plain-text.ts';
import type { ServiceHint } from '../ports.ts';
import { type Limits, withinLimits } from './limits.ts';
import { nobody, nobodyBecause, nobodyInTime } from './nobody.ts';
import { sha256 } from './sha256.ts';

/** Characters kept of a certificate's subject and issuer; real ones are shorter. */
const NAME_LENGTH = 256;

/**
 * Shakes hands and reads the server's certificate. Takes any key and any version: who it is matters here, not
 * whether it is safe, and nothing is sent over it.
 * @param hint its name is asked for (SNI) and compared with the certificate
 */
export function identifyTls(
  host: string,
  port: number,
  { name, preamble }: Pick<ServiceHint, 'name' | 'preamble'>,
  limits: Limits,
): Promise<Identity> {
  let raw: Socket | undefined;
  return withinLimits<Identity>(
    limits,
    (hit) => nobodyInTime(hit, raw),
    (end) => {
      const socket = createConnection({ host, port, autoSelectFamily: false });
      raw = socket;
      const fail = (error: unknown) => end(nobodyBecause(error));
      let secure: TLSSocket | undefined;
      socket.on('error', fail);
      socket.once('connect', () => {
        if (preamble !== undefined) socket.write(preamble);
        const tls = connectTls({
          socket,
          ...(name === null ? {} : { servername: name }),
          rejectUnauthorized: false,
          // The name is compared below; left to Node, it would count as a broken chain.
          checkServerIdentity: () => undefined,
          minVersion: 'TLSv1',
          ciphers: 'DEFAULT:@SECLEVEL=0',
        });
        secure = tls;
        tls.on('error', fail);
        tls.once('secureConnect', () => {
          const identity = readCertificate(tls, name);
          // Our last message goes out first: servers log a handshake that breaks off as an error.
          tls.destroySoon();
          end(identity);
        });
        tls.once('close', () => end(nobody('closed')));
      });
      return () => {
        if (secure?.writableEnded === true) return;
        secure?.destroy();
        socket.destroy();
      };
    },
  );
}

function readCertificate(socket: TLSSocket, name: string | null): Identity {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return nobody('handshake-failed', 'no certificate');
  return identityOf(certificate, name, socket.authorized);
}

/** Who shows the certificate. @param trusted its chain ends in an authority that this machine trusts */
export function identityOf(certificate: X509Certificate, name: string | null, trusted: boolean): Identity {
  try {
    return {
      kind: 'tls',
      spkiSha256: sha256(certificate.publicKey.export({ type: 'spki', format: 'der' })),
      subject: distinguishedName(certificate.subject),
      issuer: distinguishedName(certificate.issuer),
      coversName: name === null ? null : covers(certificate, name),
      trusted,
    };
  } catch (error) {
    // OpenSSL takes certificates whose keys it can't read.
    return nobodyBecause(error);
  }
}

/** Node's rules are RFC 6125's: subject alternative names; wildcards for a whole left-most label. */
const covers = (certificate: X509Certificate, name: string): boolean =>
  certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined;

/** Node writes one attribute a line. An empty name is left out by some certificates. */
const distinguishedName = (text: string | undefined): string =>
  plainText((text ?? '').replaceAll('\n', ', '), NAME_LENGTH);
