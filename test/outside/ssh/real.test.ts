import { writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { createServer as createTls } from 'node:tls';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import type { LookRequest } from '../../../src/agent/protocol.ts';
import { type Evidence, seen } from '../../../src/model/evidence.ts';
import { compareIdentity } from '../../../src/model/identity.ts';
import { lookScript } from '../../../src/outside/ssh/script.ts';
import { sshVantage } from '../../../src/outside/ssh.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { makeCertificate } from '../../ports/node/certificate.ts';
import { closedPort, listen, never } from '../../ports/node/loopback.ts';
import { startSshd } from '../../ports/node/sshd.ts';
import { joined, namespaces } from '../../probes/namespaces.ts';
import { machine, programs } from './machine.ts';

const VPS = { host: 'vps', user: null, port: null } as const;
const NAME = 'home.example.org';

const question = (port: number, more: Partial<LookRequest> = {}): LookRequest => ({
  addresses: [
    { address: '127.0.0.1', roles: ['given'] },
    { address: '::1', roles: ['aaaa-record'] },
  ],
  port,
  hint: { protocol: 'tcp', name: NAME, path: '/' },
  resolve: null,
  otherPorts: [],
  traces: [],
  ...more,
});

const ask = (
  asked: LookRequest,
  { ssh, destination = VPS }: { ssh: readonly [string, ...string[]]; destination?: typeof VPS | object },
  ports: Ports = nodePorts(),
): Promise<Evidence[]> =>
  sshVantage({ label: 'outside-1', ssh, destination: { ...VPS, ...destination } }).look(asked, ports, never);

const outcomes = (evidence: readonly Evidence[]): Record<string, string[]> =>
  Object.fromEntries(
    seen(evidence, 'reach').map(({ facts }) => [facts.address, facts.attempts.map(({ outcome }) => outcome)]),
  );

/** Listens over both families, and says hello. */
const greeter = (): Promise<number> =>
  listen(
    createServer((socket) => socket.end('hello from home.example.org\r\n')),
    '::',
  );
const thrice = (outcome: string): string[] => [outcome, outcome, outcome];

describe('each program that connects tells what it can', () => {
  test.each<[string, readonly string[], string, string]>([
    ['bash', ['bash'], 'connected', 'refused'],
    ['curl', ['curl'], 'connected', 'refused'],
    ['OpenBSD netcat', ['nc=nc.openbsd'], 'connected', 'refused'],
    ['ncat', ['ncat'], 'connected', 'refused'],
    ['ncat called nc', ['nc=ncat'], 'connected', 'refused'],
    ['BusyBox as nc', ['nc=busybox'], 'connected', 'refused'],
    ['BusyBox alone', ['busybox'], 'connected', 'refused'],
    ['all of them', ['bash', 'curl', 'nc=nc.traditional', 'ncat', 'busybox'], 'connected', 'refused'],
  ])('%s', async (_, names, open, closed) => {
    const { ssh } = await machine(names);
    const [listening, nobody] = [await greeter(), await closedPort()];
    const asked = question(listening, { otherPorts: [{ address: '127.0.0.1', port: nobody }] });
    const evidence = await ask(asked, { ssh });
    expect(evidence.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'place:outside-1:self ok',
      'reach:outside-1:127.0.0.1 ok',
      'reach:outside-1:::1 ok',
      `reach:outside-1:127.0.0.1-${nobody} ok`,
    ]);
    expect(evidence.every(({ vantage }) => vantage === 'outside')).toBe(true);
    const [four, six, other] = seen(evidence, 'reach').map(({ facts }) => facts);
    expect(four?.attempts.map(({ outcome }) => outcome)).toEqual(thrice(open));
    expect(six?.attempts.map(({ outcome }) => outcome)).toEqual(thrice(open));
    expect(other?.attempts.map(({ outcome }) => outcome)).toEqual(thrice(closed));
    expect(other?.identity).toBeNull();
    expect(other?.attempts.every(({ ms }) => ms < 3_000)).toBe(true);
    // Whichever program read the greeting, it is the one that was sent.
    if (four?.identity != null && six?.identity != null) {
      expect(compareIdentity(four.identity, six.identity, NAME)).toBe('same');
    }
    if (names.includes('bash')) expect(four?.identity).toMatchObject({ kind: 'banner' });
  });

  test('traditional netcat knows IPv4 only, and IPv6 is not seen rather than dead', async () => {
    const { ssh } = await machine(['nc=nc.traditional']);
    const evidence = await ask(question(await greeter()), { ssh });
    expect(outcomes(evidence)).toEqual({ '127.0.0.1': thrice('connected') });
    expect(evidence.find(({ id }) => id === 'reach:outside-1:::1')).toMatchObject({
      status: 'failed',
      reason: { code: 'unsupported', detail: expect.stringContaining("Can't parse ::1") },
    });
  });

  test('a machine with none of them has seen nothing', async () => {
    const { ssh } = await machine([]);
    const evidence = await ask(question(await greeter()), { ssh });
    expect(seen(evidence, 'reach')).toEqual([]);
    expect(evidence.filter(({ probe }) => probe === 'reach')).toMatchObject(
      [1, 2].map(() => ({
        status: 'failed',
        reason: { code: 'no-tool', detail: 'On vps, ssh finds no bash, curl or nc to connect with.' },
      })),
    );
  });

  test('a service that takes connections and says nothing is connected', async () => {
    const silent = await listen(
      createServer(() => {}),
      '::',
    );
    for (const names of [['bash'], ['curl'], ['nc=busybox'], ['nc=nc.openbsd']]) {
      const { ssh } = await machine(names);
      const evidence = await ask(question(silent), { ssh });
      expect(outcomes(evidence), names.join()).toEqual({
        '127.0.0.1': thrice('connected'),
        '::1': thrice('connected'),
      });
      expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([null, null]);
    }
  });
});

describe('what the network says is kept apart', () => {
  const RULES = `
    table inet filter {
      chain input {
        type filter hook input priority 0
        tcp dport 10 drop
        tcp dport 11 reject with icmpx type host-unreachable
        tcp dport 12 reject with icmpx type admin-prohibited
      }
    }`;

  test.each<[string, readonly string[]]>([
    ['bash', ['bash']],
    ['curl', ['curl']],
    ['OpenBSD netcat', ['nc=nc.openbsd']],
    ['ncat', ['ncat']],
    ['BusyBox', ['nc=busybox']],
  ])('%s', async (_, names) => {
    const all = await namespaces('vps', 'home');
    await joined(all.vps, 'v0', all.home, 'h0');
    await all.vps.ip('addr add 81.2.99.1/24 dev v0\naddr add 2a0b:4341::1/64 dev v0 nodad');
    await all.home.ip('addr add 81.2.99.2/24 dev h0\naddr add 2a0b:4341::2/64 dev h0 nodad');
    await all.home.nft(RULES);
    const path = await programs([...names, 'ip']);
    const ports = nodePorts();
    // The script itself, without the way over SSH: the machine has no other network.
    const exec = {
      ...ports.exec,
      run: (file: string, args: readonly string[], options: Parameters<Ports['exec']['run']>[2]) => {
        expect([file, args.at(-1)]).toEqual(['ssh', 'exec sh -s']);
        return ports.exec.run(
          'ip',
          ['netns', 'exec', all.vps.id, 'env', `PATH=${path}`, 'sh', '-s'],
          options,
        );
      },
    };
    const look = async (port: number, others: readonly string[] = []) => {
      const addresses = ['81.2.99.2', '2a0b:4341::2', ...others].map((address) => ({
        address,
        roles: ['given' as const],
      }));
      const evidence = await ask(question(port, { addresses }), { ssh: ['ssh'] }, { ...ports, exec });
      return outcomes(evidence);
    };
    const both = (outcome: string) => ({ '81.2.99.2': thrice(outcome), '2a0b:4341::2': thrice(outcome) });
    expect(await look(9)).toEqual(both('refused'));
    expect(await look(10, ['11.1.1.1', '2a0b:9999::1'])).toEqual({
      ...both('timed-out'),
      '11.1.1.1': thrice('no-route'),
      '2a0b:9999::1': thrice('no-route'),
    });
    // A second apart, so that the kernel's limit on ICMP doesn't answer in silence.
    expect(await look(11)).toEqual(both('icmp-unreachable'));
    expect(await look(12)).toEqual(both('icmp-unreachable'));
  });
});

describe('who answers is told so that it can be compared with a look from here', () => {
  const seenFromHere = (port: number, hint: LookRequest['hint'], address = '127.0.0.1') =>
    nodePorts().net.identify(address, port, hint, 4_000, never);

  test.each<[string, readonly string[]]>([
    ['openssl', ['bash', 'openssl']],
    ['curl', ['bash', 'curl']],
  ])('TLS by %s', async (_, names) => {
    const { ssh } = await machine(names);
    const { cert, key, spkiSha256 } = await makeCertificate();
    const port = await listen(
      createTls({ cert, key }, (socket) => socket.on('error', () => {}).end()),
      '::',
    );
    const hint = { protocol: 'tls', name: NAME, path: '/' } as const;
    const evidence = await ask(question(port, { hint }), { ssh });
    const here = await seenFromHere(port, hint);
    expect(here).toMatchObject({ kind: 'tls', spkiSha256, coversName: true, trusted: false });
    expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([here, here]);
  });

  test('SSH by ssh-keyscan', async () => {
    const { ssh } = await machine(['bash', 'ssh-keyscan']);
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
      const { port } = await startSshd(type);
      const hint = { protocol: 'ssh', name: NAME, path: '/' } as const;
      const addresses = [{ address: '127.0.0.1', roles: ['given' as const] }];
      const evidence = await ask(question(port, { hint, addresses }), { ssh });
      expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([
        await seenFromHere(port, hint),
      ]);
    }
  });

  test.each([
    ['a page', 200, 'text/html', `<title>Home</title>${'x'.repeat(9_000)}`],
    ['a page that is longer than what counts', 200, 'text/html', `<title>Long</title>${'y'.repeat(90_000)}`],
    ['bytes', 200, 'application/octet-stream', Buffer.from([0, 255, 10, 13, 62, 0, 127])],
    ['nothing', 204, 'text/plain', ''],
    ['a redirect', 302, 'text/plain', 'elsewhere'],
  ] as const)('HTTP by curl: %s', async (_, status, type, body) => {
    const { ssh } = await machine(['bash', 'curl']);
    const asked: string[] = [];
    const server = createHttp((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']}`);
      const location = status === 302 ? { location: `https://${request.headers.host}/` } : {};
      response.writeHead(status, { 'content-type': type, server: 'small/1', ...location });
      response.end(body);
    });
    const port = await listen(server, '::');
    const hint = { protocol: 'http', name: NAME, path: "/a'b?c=$(id)" } as const;
    const here = await seenFromHere(port, hint);
    const evidence = await ask(question(port, { hint }), { ssh });
    expect(here).toMatchObject({ kind: 'http', status, server: 'small/1' });
    expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([here, here]);
    expect(new Set(asked).size).toBe(1);
  });

  test('without a program for it nobody is told apart', async () => {
    const { ssh } = await machine(['bash']);
    const { cert, key } = await makeCertificate();
    const port = await listen(
      createTls({ cert, key }, (socket) => socket.on('error', () => {}).end()),
      '::',
    );
    for (const protocol of ['tls', 'ssh', 'http'] as const) {
      const evidence = await ask(question(port, { hint: { protocol, name: NAME, path: '/' } }), { ssh });
      expect(seen(evidence, 'reach').map(({ facts }) => facts.identity)).toEqual([null, null]);
    }
  });
});

describe('the way there', () => {
  test('over both families, to the port', async () => {
    const { ssh } = await machine(['bash', 'traceroute']);
    const port = await greeter();
    const traces = [
      { address: '127.0.0.1', port, method: 'tcp' },
      { address: '::1', port, method: 'tcp' },
      { address: '127.0.0.1', port: null, method: 'udp' },
    ] as const;
    const evidence = await ask(question(port, { traces: [...traces] }), { ssh });
    expect(evidence.filter(({ probe }) => probe === 'trace').map(({ id }) => id)).toEqual([
      `trace:outside-1:tcp-127.0.0.1-${port}`,
      `trace:outside-1:tcp-::1-${port}`,
      'trace:outside-1:udp-127.0.0.1',
    ]);
    expect(seen(evidence, 'trace').map(({ facts }) => [facts.hops.length, facts.reached])).toEqual([
      [1, true],
      [1, true],
      [1, true],
    ]);
  });
});

describe('SSH that does not let us in says what to do', () => {
  const reasonOf = async (asked: Promise<Evidence[]>) => {
    const item = (await asked).find(({ probe }) => probe === 'reach');
    return item?.status === 'failed' ? item.reason : item;
  };

  test('a password is wanted', async () => {
    const { ssh } = await machine(['bash'], { withKey: false });
    expect(await reasonOf(ask(question(1), { ssh }))).toEqual({
      code: 'unauthorised',
      detail:
        "ssh to vps asks for a password or another key, and reach4 can't answer: let a key do (ssh-copy-id, ssh-add), until `ssh vps true` asks nothing.",
    });
  });

  test('the host key is not known', async () => {
    const { ssh, hosts } = await machine(['bash']);
    await writeFile(hosts, '');
    expect(await reasonOf(ask(question(1), { ssh }))).toEqual({
      code: 'unauthorised',
      detail: "ssh doesn't know the host key of vps, or knows another: run `ssh vps` once, and check it.",
    });
  });

  test('nobody listens', async () => {
    const { ssh } = await machine(['bash']);
    const destination = { host: '127.0.0.1', user: 'me', port: await closedPort() };
    expect(await reasonOf(ask(question(1), { ssh, destination }))).toEqual({
      code: 'unreachable',
      detail: 'ssh is refused by me@127.0.0.1: no SSH server listens there.',
    });
  });

  test('there is no such name', async () => {
    const { ssh } = await machine(['bash']);
    const destination = { host: 'no-such-host.invalid', user: null, port: null };
    expect(await reasonOf(ask(question(1), { ssh, destination }))).toEqual({
      code: 'unreachable',
      detail: 'ssh finds no address for no-such-host.invalid.',
    });
  });

  test('something else than a shell answers', async () => {
    const { ssh } = await machine(['bash'], { options: ['ForceCommand echo all is well; echo 0 end'] });
    expect(await reasonOf(ask(question(1), { ssh }))).toMatchObject({ code: 'malformed' });
  });

  test('there is no ssh', async () => {
    expect(await reasonOf(ask(question(1), { ssh: ['no-such-ssh'] }))).toEqual({
      code: 'no-tool',
      detail: 'ssh is not installed here, and --outside ssh needs it.',
    });
  });

  test('a user and a port of the address come before the configuration', async () => {
    const { ssh, port } = await machine(['bash']);
    const destination = { host: '127.0.0.1', user: userInfo().username, port };
    expect(outcomes(await ask(question(await greeter()), { ssh, destination }))).toEqual({
      '127.0.0.1': thrice('connected'),
      '::1': thrice('connected'),
    });
  });
});

test('nothing keeps running on the machine, and nothing is left there', async () => {
  const { ssh } = await machine(['bash']);
  const before = Date.now();
  await ask(question(await closedPort()), { ssh });
  expect(Date.now() - before).toBeLessThan(4_000);
});

test('the script is one that shellcheck has nothing against, for any POSIX shell', async () => {
  const all = lookScript(
    question(443, {
      hint: { protocol: 'tls', name: NAME, path: "/it's" },
      resolve: NAME,
      otherPorts: [{ address: '2a0b::1', port: 8443 }],
      traces: [{ address: '2a0b::1', port: 443, method: 'tcp' }],
    }),
    'mark',
  );
  // SC2016: bash is to expand it, not the shell. SC2086: `busybox nc` is two words. SC2100: names, not sums.
  const { stdout } = await execa('shellcheck', ['--shell=sh', '--exclude=SC2016,SC2086,SC2100', '-'], {
    input: all,
    reject: false,
  });
  expect(stdout).toBe('');
  for (const shell of ['dash', 'busybox']) {
    const args = shell === 'busybox' ? ['sh', '-n'] : ['-n'];
    const { exitCode, stderr } = await execa(shell, args, { input: all, reject: false });
    expect([shell, exitCode, stderr]).toEqual([shell, 0, '']);
  }
});
