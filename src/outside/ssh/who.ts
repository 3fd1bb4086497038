import type { LookRequest } from '../../agent/protocol.ts';
import type { Identity } from '../../model/identity.ts';
import { identifyByChain } from '../../ports/node/certificate-chain.ts';
import { BODY_BYTES, describeHttp } from '../../ports/node/identify-http.ts';
import { sha256 } from '../../ports/node/sha256.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { RemoteOutput } from './output.ts';

/** Characters kept of a greeting. */
const BANNER_LENGTH = 200;
/** Bytes of a host key: RSA of 16384 bits. */
const MAX_KEY = 4096;
/** Best first: as the key exchange of a look from here prefers them, so that the same key is compared. */
const KEY_TYPES: readonly string[] = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ssh-rsa'];
/** Bytes of the head of an answer over HTTP; servers keep to 8 or 16 KiB. */
const HEAD_BYTES = 16 * 1024;

/**
 * Who answered, from what the machine brought back of it; null where it tells nothing that can be compared.
 * @param key which service, as the output calls it
 */
export function identityOf(
  key: string,
  { protocol, name }: LookRequest['hint'],
  { texts }: RemoteOutput,
  now: Date,
): Identity | null {
  const lines = (what: string): readonly string[] => texts.get(`${what} ${key}`) ?? [];
  switch (protocol) {
    case 'tls':
      return identifyByChain(pemsOf(lines('tls')), name, now);
    case 'ssh':
      return byHostKey(unfolded(lines('ssh')));
    case 'http':
      return byAnswer(bytesOf(lines('http')));
    case 'tcp':
      return byBanner(bytesOf(lines('banner')));
  }
}

const pemsOf = (lines: readonly string[]): string[] =>
  lines
    .join('\n')
    .split('-----END CERTIFICATE-----')
    .filter((each) => each.includes('-----BEGIN CERTIFICATE-----'))
    .map((each) => `${each}-----END CERTIFICATE-----\n`);

const unfolded = (lines: readonly string[]): string[] =>
  lines
    .join('')
    .split('>')
    .filter((line) => line !== '');

/** What ssh-keyscan(1) prints: `# HOST:PORT BANNER` and `HOST TYPE KEY`. The key is shown, not proved to be held. */
function byHostKey(lines: readonly string[]): Identity | null {
  const banner = lines
    .map((line) => /^# \S+ (SSH-\S.*)$/u.exec(line)?.[1])
    .find((each) => each !== undefined);
  const keys = lines.flatMap((line) => {
    const [, algorithm, text] =
      /^[^#\s]\S{0,300} ([a-z0-9-]{4,40}) ([A-Za-z0-9+/=]{20,6000})$/u.exec(line) ?? [];
    return algorithm === undefined || text === undefined ? [] : [{ algorithm, text }];
  });
  for (const type of KEY_TYPES) {
    const key = keys.find(({ algorithm }) => algorithm === type);
    if (key === undefined) continue;
    const blob = Buffer.from(key.text, 'base64');
    const begins = Buffer.from(`\0\0\0${String.fromCharCode(type.length)}${type}`, 'latin1');
    if (blob.length > MAX_KEY || !blob.subarray(0, begins.length).equals(begins)) return null;
    return {
      kind: 'ssh',
      hostKeySha256: sha256(blob),
      algorithm: type,
      banner: plainText(banner ?? '', BANNER_LENGTH),
    };
  }
  return null;
}

/** An answer as `curl -i` prints it: the head as it came, the body without the transfer coding. */
function byAnswer(answer: Buffer): Identity | null {
  const end = answer.subarray(0, HEAD_BYTES).indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [first = '', ...fields] = answer.subarray(0, end).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/u.exec(first)?.[1];
  if (status === undefined || status.startsWith('1')) return null;
  const field = (wanted: string): string | undefined =>
    fields
      .find((line) => line.toLowerCase().startsWith(`${wanted}:`))
      ?.slice(wanted.length + 1)
      .trim();
  const headers = { server: field('server'), location: field('location') };
  return describeHttp(Number(status), headers, answer.subarray(end + 4).subarray(0, BODY_BYTES));
}

const byBanner = (bytes: Buffer): Identity | null =>
  bytes.length === 0
    ? null
    : { kind: 'banner', text: plainText(bytes.toString('utf8'), BANNER_LENGTH), sha256: sha256(bytes) };

/** Bytes as `od -An -v -tx1` prints them. Nothing where a line is something else. */
function bytesOf(lines: readonly string[]): Buffer {
  const isHex = lines.every((line) => /^\s*(?:[0-9a-f]{2}(?: |$)){0,16}\s*$/u.test(line));
  return isHex ? Buffer.from(lines.join('').replaceAll(' ', ''), 'hex') : Buffer.alloc(0);
}
