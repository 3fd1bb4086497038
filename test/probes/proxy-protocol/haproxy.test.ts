import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { takesProxyProtocol } from '../../../src/probes/proxy-protocol.ts';
import { closedPort, listen, never } from '../../ports/node/loopback.ts';

/** HAProxy as Debian installs it, before a page: on one port it wants the header, on the other it knows nothing of it. */
async function haproxy(page: number): Promise<{ wanting: number; plain: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-haproxy-'));
  const ports = { wanting: await closedPort(), plain: await closedPort() };
  const config = join(folder, 'haproxy.cfg');
  const lines = [
    'defaults',
    '  mode http',
    '  timeout connect 2s',
    '  timeout client 2s',
    '  timeout server 2s',
    'frontend all',
    `  bind 127.0.0.1:${ports.wanting} accept-proxy`,
    `  bind 127.0.0.1:${ports.plain}`,
    '  default_backend page',
    'backend page',
    `  server page 127.0.0.1:${page}`,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const daemon = spawn('/usr/sbin/haproxy', ['-db', '-f', config], { stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(daemon, 'exit');
    daemon.kill();
    await gone;
    await rm(folder, { recursive: true });
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(ports.plain, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return ports;
    await sleep(50);
  }
  throw new Error('haproxy does not listen after five seconds');
}

test('HAProxy, which reads the header in earnest', async () => {
  const page = await listen(createServer((_, response) => response.end('<title>Home</title>')));
  const { wanting, plain } = await haproxy(page);
  const ask = (port: number) =>
    takesProxyProtocol(
      {
        address: '127.0.0.1',
        port,
        hint: { protocol: 'http', name: 'home.example.org', path: '/' },
        known: null,
      },
      nodePorts().net,
      never,
    );
  expect(await ask(wanting)).toBe('takes');
  expect(await ask(plain)).toBe('refuses');
});
