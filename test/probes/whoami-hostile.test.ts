import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { whoami } from '../../src/probes/whoami.ts';
import { every, serve } from '../ports/node/loopback.ts';
import { here } from './fake-ports.ts';

/** ms; the probe's own limit, and what a busy machine adds. */
const IN_TIME = 6_000;

async function look(handle: (socket: Socket) => void) {
  let connections = 0;
  const port = await serve((socket) => {
    connections += 1;
    handle(socket);
  });
  const url = `http://127.0.0.1:${port}/`;
  const evidence = evidenceSchema.parse(await whoami(url, 'ipv4', nodePorts(), here()));
  expect(evidence.ms).toBeLessThan(IN_TIME);
  // Tried twice where it passes, and never once more.
  expect(connections).toBeLessThanOrEqual(2);
  expect(JSON.stringify(evidence)).not.toMatch(/\\u00|[\p{Cc}\p{Cf}]/u);
  return evidence;
}

const answer = (body: string | Buffer, status = '200 OK', headers = '') => {
  const head = `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return (socket: Socket): void => {
    socket.write(head);
    socket.end(body);
  };
};

describe('a hostile service that tells the public address', () => {
  it.each<[string, string, (socket: Socket) => void]>([
    ['says more than an address', 'too-large', answer(`198.51.100.7${' '.repeat(2_000)}`)],
    [
      'never stops',
      'too-large',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        every(socket, 1, '198.51.100.7\n'.repeat(99));
      },
    ],
    [
      'packs what it says',
      'malformed',
      answer(gzipSync('198.51.100.7'), '200 OK', 'Content-Encoding: gzip\r\n'),
    ],
    [
      'packs a bomb',
      'malformed',
      answer(gzipSync(Buffer.alloc(900_000)), '200 OK', 'Content-Encoding: gzip\r\n'),
    ],
    [
      'sends elsewhere',
      'malformed',
      answer('198.51.100.7', '302 F', 'Location: http://169.254.169.254/\r\n'),
    ],
    ['says two addresses', 'malformed', answer('198.51.100.7\n198.51.100.8')],
    ['writes on the terminal', 'malformed', answer('\u001b[2J\u009b31m\u202e198.51.100.7')],
    ['says half an address', 'malformed', answer('198.51.100')],
    [
      'breaks off',
      'unreachable',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n198.51.'),
    ],
    ['is another server', 'malformed', (socket) => socket.end('220 mail.example.org\r\n')],
    ['hangs up', 'unreachable', (socket) => socket.destroy()],
  ])('%s: %s', async (_, code, handle) => {
    expect(await look(handle)).toMatchObject({ status: 'failed', reason: { code } });
  });

  it('says nothing, or drips, for ever', async () => {
    const slow = [
      () => {},
      (socket: Socket) =>
        every(
          socket.on('close', () => {}),
          50,
          '\r\n',
        ),
      (socket: Socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n198.51.100.7');
        every(socket, 50, ' ');
      },
    ];
    for (const evidence of await Promise.all(slow.map(look))) {
      expect(evidence).toMatchObject({ status: 'failed', reason: { code: 'timed-out' } });
    }
  });
});
