import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * A self-signed certificate, and its key, made by OpenSSL, with OpenSSL's own word on the key's SHA-256.
 * @param newKey what `openssl req -newkey` takes, with its options.
 */
export async function makeCertificate(
  { subject = '/CN=home.example.org', names = 'DNS:home.example.org' } = {},
  newKey: readonly string[] = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
): Promise<{ cert: string; key: string; spkiSha256: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-certificate-'));
  try {
    const key = join(folder, 'key.pem');
    const cert = join(folder, 'cert.pem');
    const paths = ['-keyout', key, '-out', cert];
    await execa('openssl', [
      ...['req', '-x509', '-days', '2', '-nodes', '-subj', subject, '-addext', `subjectAltName=${names}`],
      ...['-newkey', ...newKey, ...paths],
    ]);
    const der = await execa('openssl', ['pkey', '-in', key, '-pubout', '-outform', 'DER'], {
      encoding: 'buffer',
      // A key may well end with the byte of a line's end.
      stripFinalNewline: false,
    });
    const digest = await execa('openssl', ['dgst', '-sha256', '-r'], { input: der.stdout });
    return {
      cert: await readFile(cert, 'utf8'),
      key: await readFile(key, 'utf8'),
      spkiSha256: digest.stdout.split(' ')[0] ?? '',
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
