/**
 * A router that means harm, and everything on the internet behind it: `node router.ts drips|writes`. What `drips` never
 * ends; what `writes` ends at once, and is made to act on a terminal. Says `ready` once it listens.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { AGENT, HOME, ROUTER, STUN, WEB, WHOAMI } from './addresses.ts';

/** ms between two bytes. */
const DRIP = 50;
/** A title set, a screen cleared, a colour as one character, and text turned around. */
const ACTIVE = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e';

const mode = process.argv[2];
const drips = mode === 'drips';

/** One byte after the other, for as long as anybody reads. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('x'), DRIP);
  socket.on('close', () => clearInterval(timer));
}

async function tcp(port: number, begin: string | Buffer, whole: string, address = ROUTER): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.resume();
    if (!drips) return void socket.end(whole);
    socket.write(begin);
    drip(socket);
  });
  await once(server.listen(port, address), 'listening');
}

async function udp(port: number, answers: (bytes: Buffer) => readonly (Buffer | string)[]): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, from) => {
    for (const answer of answers(bytes)) socket.send(answer, from.port, from.address);
  });
  socket.bind(port, ROUTER);
  await once(socket, 'listening');
}

const page = (status: string, body: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const OPEN = 'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n';

/** The question back, as an answer that was cut off: the rest is to be had over TCP. */
function cutOff(query: Buffer): Buffer {
  const answer = Buffer.from(query);
  answer.writeUInt16BE(0x8780, 2);
  // The end of the question; what EDNS adds is left out.
  const end = query.indexOf(0, 12) + 5;
  answer.writeUInt16BE(0, 10);
  return answer.subarray(0, end);
}

const IGD = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';
const found = (location: string): string =>
  `HTTP/1.1 200 OK\r\nLOCATION: ${location}\r\nST: ${IGD}\r\nSERVER: ${ACTIVE}\r\n\r\n`;

/** Its description, and its answer to each action, in one text: nobody says that a router can't. */
const UPNP = `<root><device><manufacturer>ACME&#x9b;2J\u202e</manufacturer><modelName>${'x'.repeat(200)}</modelName>
  <serviceList><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
  <controlURL>/ctl</controlURL></service></serviceList></device>
  <GetStatusInfoResponse><NewConnectionStatus>Up&#x9b;2J</NewConnectionStatus></GetStatusInfoResponse>
  <GetExternalIPAddressResponse><NewExternalIPAddress>${HOME}</NewExternalIPAddress></GetExternalIPAddressResponse></root>`;

await Promise.all([
  udp(53, (query) => [cutOff(query)]),
  tcp(53, Buffer.of(0xff, 0xff), ACTIVE),
  udp(1900, () => [
    found('http://169.254.169.254/latest/'),
    found(`http://${ROUTER}:5000/${drips ? '' : ACTIVE}`),
  ]),
  tcp(5000, OPEN, page('200 OK', UPNP)),
  udp(5351, (request) => [drips ? Buffer.alloc(900, 0xff) : Buffer.from([2, 0x80, 0, 99, ...request])]),
  udp(STUN, () => Array.from({ length: 20 }, () => Buffer.alloc(1_000, 7))),
  tcp(WHOAMI, OPEN, page('200 OK', `${ACTIVE} 192.0.2.1`)),
  tcp(AGENT, OPEN, page('401 No', JSON.stringify({ protocol: 2, error: 'bug', sentence: ACTIVE }))),
  tcp(
    WEB,
    'HTTP/1.1 200 OK\r\nx: ',
    page('200 OK', `<title>${ACTIVE}</title>`, 'Server: nginx\u009b2J\r\n'),
    HOME,
  ),
]);
process.stdout.write('ready\n');
