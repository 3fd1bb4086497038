import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import type { ListeningSocket } from '../../../src/model/facts/host.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { listeners } from '../../../src/probes/listeners.ts';
import { here } from '../fake-ports.ts';
import { type Namespace, namespaces } from '../namespaces.ts';

const SOCKETS = [
  { host: '0.0.0.0', port: 1001 },
  { host: '::', port: 1002 },
  { host: '::', port: 1003, ipv6Only: true },
  { host: '127.0.0.1', port: 1004 },
  { host: '::1', port: 1005 },
  { host: '10.9.0.1', port: 1006 },
  { host: 'fd09::1', port: 1007 },
  { host: '::ffff:10.9.0.1', port: 1008 },
];

const SCRIPT = `
const net = require('node:net'), dgram = require('node:dgram');
const wait = (server) => new Promise((resolve, reject) => server.on('listening', resolve).on('error', reject));
const all = ${JSON.stringify(SOCKETS)}.map((each) => wait(net.createServer().listen(each)));
for (const [type, host, port] of [['udp4', '0.0.0.0', 1001], ['udp6', '::', 1002]]) {
  const socket = dgram.createSocket(type);
  all.push(wait(socket));
  socket.bind(port, host);
}
Promise.all(all).then(() => console.log('ready'));
`;

async function machine(): Promise<Namespace> {
  const { server } = await namespaces('server');
  await server.ip(
    'link add br0 type bridge\naddr add 10.9.0.1/24 dev br0\naddr add fd09::1/64 dev br0 nodad\nlink set br0 up',
  );
  await server.node(SCRIPT);
  return server;
}

async function facts(ports: Ports) {
  const evidence = evidenceSchema.parse(await listeners(ports, here()));
  if (evidence.probe !== 'listeners' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

const told = (sockets: readonly ListeningSocket[]): string[] =>
  sockets.map(({ protocol, family, address, port, v6only }) =>
    [protocol, family, address ?? '*', port, v6only].join(' '),
  );
const withoutV6only = (sockets: readonly ListeningSocket[]): string[] =>
  told(sockets.map((socket) => ({ ...socket, v6only: null })));

describe('listeners on a real kernel', () => {
  it('sees every kind of binding, and the same by each tool', async () => {
    const server = await machine();
    const bySs = await facts(await server.ports());
    expect(bySs.tool).toBe('ss');
    expect(told(bySs.sockets)).toEqual([
      'tcp ipv4 * 1001 ',
      'tcp ipv6 * 1002 false',
      'tcp ipv6 * 1003 true',
      'tcp ipv4 127.0.0.1 1004 ',
      'tcp ipv6 ::1 1005 ',
      'tcp ipv4 10.9.0.1 1006 ',
      'tcp ipv6 fd09::1 1007 ',
      'tcp ipv4 10.9.0.1 1008 ',
      'udp ipv4 * 1001 ',
      'udp ipv6 * 1002 false',
    ]);
    const byNetstat = await facts(await server.ports({ missing: ['ss'] }));
    const byProc = await facts(await server.ports({ missing: ['ss', 'netstat'] }));
    expect([byNetstat.tool, byProc.tool]).toEqual(['netstat', 'proc']);
    expect(withoutV6only(byNetstat.sockets)).toEqual(withoutV6only(bySs.sockets));
    expect(withoutV6only(byProc.sockets)).toEqual(withoutV6only(bySs.sockets));

    const pids = [bySs, byNetstat, byProc].map(
      ({ sockets }) => new Set(sockets.map(({ program }) => program?.pid)),
    );
    expect(pids[0]?.size).toBe(1);
    expect([...(pids[0] ?? [])][0]).toEqual(expect.any(Number));
    expect(pids[1]).toEqual(pids[0]);
    expect(pids[2]).toEqual(pids[0]);
    expect(bySs.bindv6only).toBe(false);
  });

  it('sees the same bindings as nobody, but not whose they are', async () => {
    const server = await machine();
    const asRoot = await facts(await server.ports());
    const asNobody = await facts(await server.ports({ user: 'nobody' }));
    expect(told(asNobody.sockets)).toEqual(told(asRoot.sockets));
    expect(asNobody.sockets.every(({ program }) => program === null)).toBe(true);
  });

  it('reads bindv6only', async () => {
    const { server } = await namespaces('server');
    await server.run('sysctl', ['-qw', 'net.ipv6.bindv6only=1']);
    expect((await facts(await server.ports())).bindv6only).toBe(true);
  });
});
