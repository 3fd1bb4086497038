import { clientHello, oldHello, serverNames } from './hello.ts';
import { bytes } from './origins.ts';
import { RELAY_HOSTS } from './topology.ts';

/** What somebody sends in the hope of getting elsewhere. */
export interface Attempt {
  readonly what: string;
  readonly port: number;
  /** Pieces, base64, 50 ms apart. */
  readonly send: readonly string[];
  /** Where it may end: nowhere, or at the origin that is configured for the port, which may get anything. */
  readonly ends: 'refused' | 'home';
}

export const HOME = 'home.example.org';
/** In DNS, and nothing to the relay; its servers are witnesses. */
export const OTHER = 'other.example.org';
const [OTHER4, METADATA4, PRIVATE4] = RELAY_HOSTS.elsewhere[4];
const [OTHER6, METADATA6] = RELAY_HOSTS.elsewhere[6];

const refused = (port: number, what: string, ...send: (string | Buffer)[]): Attempt => ({
  what,
  port,
  send: send.map(bytes),
  ends: 'refused',
});
const toHome = (port: number, what: string, ...send: (string | Buffer)[]): Attempt => ({
  ...refused(port, what, ...send),
  ends: 'home',
});

/** "PROXY" by version 1 and 2 of the protocol, from the client to the other server. */
const PROXY1 = `PROXY TCP4 ${RELAY_HOSTS.client[4][0]} ${OTHER4} 5000 22\r\n`;
const PROXY2 = Buffer.concat([
  Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'),
  Buffer.from([1, 2, 3, 4, ...OTHER4.split('.').map(Number), 0x13, 0x88, 0, 22]),
]);

const sni = (what: string, ...names: string[]) => refused(443, `SNI: ${what}`, clientHello(names));

const TLS: readonly Attempt[] = [
  sni('another name', OTHER),
  sni('another name in capitals', OTHER.toUpperCase()),
  sni('the last dot', `${HOME}.`),
  sni('another name with the last dot', `${OTHER}.`),
  sni('a name below', `x.${HOME}`),
  sni('a name around', `${HOME}.example.net`),
  sni('an IPv4 address', OTHER4),
  sni('the metadata service', METADATA4),
  sni('an IPv6 address', OTHER6),
  sni('an IPv6 address in brackets', `[${METADATA6}]`),
  sni('a port', `${HOME}:9999`),
  sni('nothing', ''),
  // HAProxy reads a name up to the NUL; the origin then says that it doesn't know it.
  toHome(443, 'SNI: a NUL within', clientHello([`${HOME}\0.${OTHER}`])),
  sni('a line within', `${HOME}\r\n${OTHER}`),
  sni('an expression', '%[src]'),
  sni('a file', '../../etc/passwd'),
  sni('1,000 letters', 'a'.repeat(1_000)),
  sni('15,000 letters, in one record', 'a'.repeat(15_000)),
  sni('20,000 letters, more than HAProxy holds', 'a'.repeat(20_000)),
  sni('another name before the right one', OTHER, HOME),
  refused(443, 'no SNI', clientHello([])),
  refused(
    443,
    'no SNI, and one in an extension of ESNI (0xffce)',
    clientHello([], { extensions: [[0xffce, serverNames([HOME])]] }),
  ),
  refused(
    443,
    'another SNI, and the right one in ECH (0xfe0d)',
    clientHello([OTHER], { extensions: [[0xfe0d, serverNames([HOME])]] }),
  ),
  refused(443, 'another SNI in records of 7 bytes', clientHello([OTHER], { recordBytes: 7 })),
  refused(443, 'another SNI in segments of 20 bytes', ...inPieces(clientHello([OTHER]), 20)),
  refused(443, 'half a ClientHello', clientHello([HOME]).subarray(0, 60)),
  refused(443, 'SSL 2', oldHello()),
  refused(443, 'PROXY 1 before a ClientHello', PROXY1, clientHello([HOME])),
  refused(443, 'PROXY 2 before a ClientHello', Buffer.concat([PROXY2, clientHello([HOME])])),
  refused(443, 'HTTP', `GET / HTTP/1.1\r\nHost: ${HOME}\r\n\r\n`),
  refused(443, 'CONNECT', `CONNECT ${OTHER}:22 HTTP/1.1\r\nHost: ${HOME}\r\n\r\n`),
];

const get = (target: string, ...headers: string[]) =>
  `GET ${target} HTTP/1.1\r\n${[...headers, 'Connection: close'].map((line) => `${line}\r\n`).join('')}\r\n`;
const host = (what: string, ...hosts: string[]) =>
  refused(80, `Host: ${what}`, get('/', ...hosts.map((each) => `Host: ${each}`)));
const smuggled = get('/smuggled', `Host: ${OTHER}`);

const HTTP: readonly Attempt[] = [
  host('another name', OTHER),
  host('the last dot', `${HOME}.`),
  host('another port', `${HOME}:9999`),
  host('a port that is none', `${HOME}:80:80`),
  host('an IPv4 address', OTHER4),
  host('the metadata service', METADATA4),
  host('the metadata service over IPv6', `[${METADATA6}]`),
  host('a private address', `${PRIVATE4}:8080`),
  host('localhost', 'localhost'),
  host('user info', `${HOME}@${OTHER}`),
  host('two names', `${HOME}, ${OTHER}`),
  host('a space', `${HOME} ${OTHER}`),
  host('two, the right one first', HOME, OTHER),
  host('two, the right one last', OTHER, HOME),
  host('none'),
  host('empty', ''),
  refused(80, 'the next line', get('/', 'Host:', ` ${OTHER}`)),
  refused(80, 'an absolute URI', get(`http://${OTHER}/`, `Host: ${HOME}`)),
  refused(80, 'an absolute URI, and another host', get(`http://${HOME}/`, `Host: ${OTHER}`)),
  refused(80, 'an absolute URI, both other', get(`http://${OTHER}/`, `Host: ${OTHER}`)),
  refused(
    80,
    'the metadata service by URI',
    get(`http://${METADATA4}/latest/meta-data/`, `Host: ${METADATA4}`),
  ),
  refused(
    80,
    'the metadata service by URI, and the right host',
    get(`http://[${METADATA6}]/latest/`, `Host: ${HOME}`),
  ),
  refused(80, 'an authority for a path', get(`${OTHER}:22`, `Host: ${HOME}`)),
  refused(80, 'user info for a path', get(`@${OTHER}/`, `Host: ${HOME}`)),
  refused(80, 'CONNECT', `CONNECT ${OTHER}:22 HTTP/1.1\r\nHost: ${OTHER}:22\r\n\r\n`),
  refused(80, 'CONNECT, and the right host', `CONNECT ${HOME}:9999 HTTP/1.1\r\nHost: ${HOME}\r\n\r\n`),
  refused(80, 'OPTIONS *', `OPTIONS * HTTP/1.1\r\nHost: ${OTHER}\r\n\r\n`),
  refused(80, 'HTTP/0.9', 'GET /\r\n'),
  refused(80, 'HTTP/0.9 with a URI', `GET http://${OTHER}/\r\n`),
  refused(80, 'HTTP/1.0 without host', 'GET / HTTP/1.0\r\n\r\n'),
  refused(
    80,
    'HTTP/2 without TLS',
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    Buffer.from('000000040000000000', 'hex'),
  ),
  refused(80, 'PROXY 1 before a request', `${PROXY1}${get('/', `Host: ${HOME}`)}`),
  refused(80, 'PROXY 2 before a request', Buffer.concat([PROXY2, Buffer.from(get('/', `Host: ${HOME}`))])),
  refused(
    80,
    'WebSocket, another host',
    get('/', `Host: ${OTHER}`, 'Connection: upgrade', 'Upgrade: websocket'),
  ),
  refused(80, 'TLS', clientHello([HOME])),
  toHome(80, 'two slashes', get(`//${OTHER}/`, `Host: ${HOME}`)),
  toHome(80, 'X-Forwarded-Host', get('/', `Host: ${HOME}`, `X-Forwarded-Host: ${OTHER}`)),
  toHome(
    80,
    'Upgrade: h2c',
    get(
      '/',
      `Host: ${HOME}`,
      'Connection: upgrade, http2-settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ),
  ),
  toHome(
    80,
    'Upgrade: h2c beside WebSocket',
    get('/', `Host: ${HOME}`, 'Connection: upgrade', 'Upgrade: h2c, websocket'),
  ),
  toHome(80, 'another host on the same connection', `GET / HTTP/1.1\r\nHost: ${HOME}\r\n\r\n${smuggled}`),
  toHome(
    80,
    'a length and chunks',
    `POST / HTTP/1.1\r\nHost: ${HOME}\r\nContent-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ),
  toHome(
    80,
    'chunks and a length',
    `POST / HTTP/1.1\r\nHost: ${HOME}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${(smuggled.length).toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
  ),
  refused(
    80,
    'two lengths',
    `POST / HTTP/1.1\r\nHost: ${HOME}\r\nContent-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  ),
  refused(
    80,
    'chunks that are none',
    `POST / HTTP/1.1\r\nHost: ${HOME}\r\nTransfer-Encoding: chunked, x\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${smuggled}`,
  ),
  refused(
    80,
    'a space before the colon',
    `POST / HTTP/1.1\r\nHost: ${HOME}\r\nTransfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${smuggled}`,
  ),
];

/** A plain port is a pipe to the one origin: what is sent arrives there and nowhere else. */
const TCP: readonly Attempt[] = [
  toHome(22, 'PROXY 1', PROXY1),
  toHome(22, 'PROXY 2', PROXY2),
  toHome(22, 'SOCKS 4', Buffer.from([4, 1, 0, 22, ...OTHER4.split('.').map(Number), 0])),
  toHome(
    22,
    'SOCKS 5',
    Buffer.from([5, 1, 0]),
    Buffer.from([5, 1, 0, 1, ...OTHER4.split('.').map(Number), 0, 22]),
  ),
  toHome(22, 'CONNECT', `CONNECT ${OTHER}:22 HTTP/1.1\r\nHost: ${OTHER}:22\r\n\r\n`),
];

export const ATTEMPTS: readonly Attempt[] = [...TLS, ...HTTP, ...TCP];

function inPieces(buffer: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(buffer.length / size) }, (_, n) =>
    buffer.subarray(n * size, (n + 1) * size),
  );
}

/** Names whose records lead where no relay may go; the relay is told to forward to each. */
export const BAD_NAMES: Readonly<Record<string, readonly (readonly ['A' | 'AAAA', string])[]>> = {
  loopback: [['AAAA', '::1']],
  mapped: [['AAAA', '::ffff:127.0.0.1']],
  'mapped-other': [['AAAA', `::ffff:${OTHER4}`]],
  unspecified: [['AAAA', '::']],
  'link-local': [['AAAA', 'fe80::1']],
  'unique-local': [['AAAA', RELAY_HOSTS.elsewhere[6][2]]],
  metadata6: [['AAAA', METADATA6]],
  documentation: [['AAAA', RELAY_HOSTS.elsewhere[6][3]]],
  nat64: [['AAAA', RELAY_HOSTS.elsewhere[6][4]]],
  multicast: [['AAAA', 'ff02::1']],
  self: [['AAAA', RELAY_HOSTS.relay[6][0]]],
  self4: [['A', RELAY_HOSTS.relay[4][0]]],
  loopback4: [['A', '127.0.0.1']],
  other4: [['A', OTHER4]],
  metadata4: [['A', METADATA4]],
  private4: [['A', PRIVATE4]],
  'bad-and-a': [
    ['AAAA', '::1'],
    ['A', OTHER4],
  ],
};
