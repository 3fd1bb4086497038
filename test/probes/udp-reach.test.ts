import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { UdpReachFacts } from '../../src/model/evidence.ts';
import type { UdpProtocol } from '../../src/model/facts/udp.ts';
import { clock } from '../../src/ports/node/clock.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { udpReach } from '../../src/probes/udp-reach.ts';
import { fakePorts, here } from './fake-ports.ts';
import { sendFrom, udpServer } from './router/loopback-router.ts';

const NAMED = '/usr/sbin/named';
const TURNSERVER = '/usr/bin/turnserver';

async function ask(
  protocol: UdpProtocol,
  port: number,
  {
    address = '127.0.0.1',
    name = null as string | null,
    ports = nodePorts(),
    signal = undefined as AbortSignal | undefined,
  } = {},
): Promise<UdpReachFacts> {
  const item = await udpReach({ address, port, roles: ['literal'], protocol, name }, ports, here(signal));
  if (item.probe !== 'udp-reach' || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts;
}

const outcomesOf = ({ attempts }: UdpReachFacts): string[] => [
  ...new Set(attempts.map(({ outcome }) => outcome)),
];

describe('how a question over UDP ends', () => {
  test('answered, each time from a port of its own', async () => {
    const port = await udpServer('127.0.0.1', 0, (_, from, socket) =>
      socket.send('!', from.port, from.address),
    );
    const facts = await ask('none', port);
    expect(facts).toMatchObject({ family: 'ipv4', protocol: 'none', identity: { unique: null } });
    expect(outcomesOf(facts)).toEqual(['answered']);
    expect(new Set(facts.attempts.map(({ localPort }) => localPort)).size).toBe(3);
  });

  test('refused where nothing listens, over both families', async () => {
    for (const address of ['127.0.0.1', '::1']) {
      const port = await closedPort(address);
      expect(outcomesOf(await ask('wireguard', port, { address }))).toEqual(['refused']);
    }
  });

  test('silent where nobody answers, and the port that it came from is told', async () => {
    let datagrams = 0;
    const port = await udpServer('127.0.0.1', 0, () => {
      datagrams += 1;
    });
    const facts = await ask('wireguard', port);
    expect(outcomesOf(facts)).toEqual(['silent']);
    expect(facts.identity).toBeNull();
    expect(facts.attempts.every(({ localPort, ms }) => localPort !== undefined && ms >= 2_000)).toBe(true);
    expect(datagrams).toBe(9);
  });

  test('a lost datagram is sent again', async () => {
    const first = new Set<number>();
    const port = await udpServer('127.0.0.1', 0, (_, from, socket) => {
      if (first.has(from.port)) socket.send('!', from.port, from.address);
      first.add(from.port);
    });
    expect(outcomesOf(await ask('none', port))).toEqual(['answered']);
  });

  test('what is no answer is an error, never an answer, and never silence', async () => {
    const port = await udpServer('127.0.0.1', 0, (bytes, from, socket) =>
      socket.send(bytes, from.port, from.address),
    );
    const facts = await ask('stun', port);
    expect(facts.attempts.map(({ code }) => code)).toEqual(['EBADMSG', 'EBADMSG', 'EBADMSG']);
    expect(facts.identity).toBeNull();
  });

  test('a stranger who answers first, from another address, is not heard', async () => {
    const port = await udpServer(
      '127.0.0.1',
      0,
      (_, from) => void sendFrom('127.0.0.2', from, Buffer.from('!')),
    );
    expect(outcomesOf(await ask('none', port))).toEqual(['silent']);
  });

  test('a challenge is answered, and whoever sets one counts even where nothing follows', async () => {
    const challenge = Buffer.from('ffffffff410a0b0c0d', 'hex');
    const asked: string[] = [];
    const port = await udpServer('127.0.0.1', 0, (bytes, from, socket) => {
      asked.push(bytes.toString('hex').slice(50));
      socket.send(challenge, from.port, from.address);
    });
    const facts = await ask('source-query', port);
    expect(outcomesOf(facts)).toEqual(['answered']);
    expect(new Set(asked)).toEqual(new Set(['', '0a0b0c0d']));
  });

  test('what was called off says nothing of the address', async () => {
    const ports = fakePorts({
      clock,
      net: { udp: async () => ({ ok: false, reason: { code: 'interrupted' }, ms: 1 }) },
    });
    const question = {
      address: '192.0.2.1',
      port: 53,
      roles: ['literal' as const],
      protocol: 'dns' as const,
      name: null,
    };
    expect(await udpReach(question, ports, here())).toMatchObject({
      status: 'failed',
      reason: { code: 'interrupted' },
    });
  });

  test.each([
    ['no-route', 'ENETUNREACH'],
    ['blocked-locally', 'EPERM'],
    ['icmp-unreachable', 'EHOSTUNREACH'],
    ['error', 'EINVAL'],
  ] as const)('%s is told apart (%s)', async (outcome, code) => {
    const stopped = {
      ok: false,
      reason: { code: 'unreachable' },
      stopped: { outcome, code },
      ms: 1,
    } as const;
    const ports = fakePorts({ clock, net: { udp: async () => stopped } });
    expect((await ask('dns', 53, { ports })).attempts[0]).toMatchObject({ outcome, code });
  });
});

describe('real servers', () => {
  const start = async (file: string, args: readonly string[], isReady: () => Promise<boolean>) => {
    const child = spawn(file, args, { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    for (let tries = 0; tries < 100 && !(await isReady()); tries += 1) await clock.sleep(100);
  };
  const folder = async (): Promise<string> => {
    const dir = await mkdtemp(join(tmpdir(), 'reach4-udp-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    return dir;
  };
  const answers = (protocol: UdpProtocol, port: number) => async (): Promise<boolean> =>
    outcomesOf(await ask(protocol, port)).includes('answered');

  test.skipIf(!existsSync(NAMED))(
    'named has the same zone over both families, and refuses others',
    async () => {
      const dir = await folder();
      const port = await closedPort('127.0.0.1');
      const zone = `$TTL 300\n@ IN SOA ns.example.org. root.example.org. 42 3600 600 86400 300\n@ IN NS ns\nns IN A 192.0.2.1\n`;
      await writeFile(join(dir, 'zone'), zone);
      await writeFile(
        join(dir, 'named.conf'),
        `options { directory "${dir}"; pid-file none; session-keyfile none; recursion no; server-id "home";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 port ${port} { ::1; }; };
controls { };
zone "example.org" { type primary; file "zone"; };`,
      );
      await start(NAMED, ['-g', '-c', join(dir, 'named.conf')], answers('dns', port));
      const name = 'home.example.org';
      const [four, six] = await Promise.all([
        ask('dns', port, { name }),
        ask('dns', port, { name, address: '::1' }),
      ]);
      expect([outcomesOf(four), outcomesOf(six)]).toEqual([['answered'], ['answered']]);
      expect(four.identity?.unique).toBe('soa example.org ns.example.org root.example.org 42');
      expect(six.identity).toEqual(four.identity);
      const refused = await ask('dns', port, { name: 'home.example.net' });
      expect(refused.identity).toEqual({
        kind: 'datagram',
        protocol: 'dns',
        says: 'DNS, REFUSED',
        unique: 'NSID 686f6d65',
      });
    },
  );

  test.skipIf(!existsSync(TURNSERVER))('coturn answers a STUN request', async () => {
    const port = await closedPort('127.0.0.1');
    const args = [
      '-n',
      '-L',
      '127.0.0.1',
      '-p',
      String(port),
      '--no-tls',
      '--no-dtls',
      '--no-cli',
      '--no-auth',
    ];
    const log = ['--log-file', join(await folder(), 'log'), '--pidfile', '/dev/null'];
    await start(TURNSERVER, [...args, ...log], answers('stun', port));
    expect((await ask('stun', port)).identity).toEqual({
      kind: 'datagram',
      protocol: 'stun',
      says: 'STUN',
      unique: null,
    });
  });
});

/** A port on which nothing listens now. */
async function closedPort(address: string): Promise<number> {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  await new Promise<void>((bound) => socket.bind(0, address, bound));
  const { port } = socket.address();
  await new Promise<void>((closed) => socket.close(closed));
  return port;
}
