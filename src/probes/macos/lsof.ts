import { type FoundSocket, foundSocket } from '../listeners/socket.ts';

/**
 * `-F`: one field a line, its letter first; lsof(8), OUTPUT FOR OTHER PROGRAMS. Without root it tells of the user's own
 * processes only.
 */
export const LSOF_ARGS: readonly string[] = [
  ...['-n', '-P', '-iTCP', '-sTCP:LISTEN', '-iUDP', '-F', 'pcuPtTn'],
];

/** Sockets read; each takes six lines. */
const MAX_FILES = 20_000;

/** Null where nothing of it is understood. It tells no v6only: `*:80` of IPv6 is one of both families or of one. */
export function parseLsof(text: string): FoundSocket[] | null {
  const found: FoundSocket[] = [];
  let pid: number | null = null;
  let name = '';
  let file: Record<string, string> = {};
  let files = 0;
  const end = (): void => {
    const socket = pid === null ? null : socketOf(file, { name, pid });
    if (socket !== null) found.push(socket);
    file = {};
  };
  for (const line of text.split('\n')) {
    const [letter, value] = [line.slice(0, 1), line.slice(1)];
    if (letter === 'p' || letter === 'f') end();
    if (letter === 'p') {
      pid = /^\d{1,10}$/u.test(value) ? Number(value) : null;
      name = '';
    } else if (letter === 'c') name = unescaped(value);
    else if (letter === 'f') files += 1;
    else if (letter === 't' || letter === 'P' || letter === 'n') file[letter] = value;
    if (files > MAX_FILES) break;
  }
  end();
  const isEmpty = text.trim() === '';
  return found.length === 0 && !isEmpty && files === 0 ? null : found;
}

function socketOf(
  { t: type, P: protocol, n: at }: Record<string, string>,
  program: { name: string; pid: number },
): FoundSocket | null {
  // A connected socket, or one that waits for nothing yet.
  const [, host, port] = /^(\*|\[[^\]]{1,80}\]|[\d.]{7,15}):(\d{1,5})$/u.exec(at ?? '') ?? [];
  if (host === undefined || port === undefined || protocol === undefined) return null;
  const [address = '', zone] = host.replace(/^\[(.*)\]$/u, '$1').split('%');
  const anyOf = type === 'IPv4' ? '0.0.0.0' : '::';
  return foundSocket({
    protocol: protocol.toLowerCase(),
    host: address === '*' ? anyOf : address,
    port,
    zone: zone ?? null,
    program,
  });
}

/** What isn't printable in the C locale stands as `\xc3\xa9`. */
function unescaped(text: string): string {
  if (!text.includes('\\x')) return text;
  const bytes: number[] = [];
  for (const part of text.matchAll(/\\x([\da-f]{2})|[\s\S]/gu)) {
    const [whole, hex] = part;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(...Buffer.from(whole));
  }
  return Buffer.from(bytes).toString('utf8');
}
