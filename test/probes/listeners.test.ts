import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import type { ListeningSocket } from '../../src/model/facts/host.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { printableJson } from '../../src/report/printable.ts';
import { captured } from './captured.ts';
import { fakePorts, here } from './fake-ports.ts';

interface Machine {
  /** What a program prints, by its name; others aren't installed. */
  readonly prints?: Readonly<Record<string, string | { exitCode: number; stdout: string }>>;
  readonly files?: Readonly<Record<string, string>>;
}

function machine({ prints = {}, files = {} }: Machine): Ports {
  return fakePorts({
    exec: {
      run: async (file) => {
        const what = prints[file];
        if (what === undefined) return null;
        return { exitCode: 0, stderr: '', ...(typeof what === 'string' ? { stdout: what } : what) };
      },
    },
    files: {
      read: async (path) => files[path] ?? null,
      exists: async (path) => path in files,
    },
  });
}

async function facts(of: Machine) {
  const evidence = evidenceSchema.parse(await listeners(machine(of), here()));
  if (evidence.probe !== 'listeners' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

/** `tcp ipv6 * 443 v6only` of each, without whose it is. */
const told = (sockets: readonly ListeningSocket[]): string[] =>
  sockets.map(({ protocol, family, address, port, v6only, interface: name }) =>
    [protocol, family, address ?? '*', port, v6only === null ? '' : v6only ? 'v6only' : 'dual', name ?? '']
      .join(' ')
      .trim(),
  );

const SS = captured('listeners/ss-6.1.txt');
const one = async (of: Machine): Promise<ListeningSocket> => {
  const { sockets } = await facts(of);
  const [socket] = sockets;
  if (socket === undefined || sockets.length !== 1) throw new Error(`${sockets.length} sockets`);
  return socket;
};

describe('listeners, by ss', () => {
  it('tells every kind of binding apart, TCP first', async () => {
    const { sockets, tool, truncated } = await facts({ prints: { ss: SS } });
    expect(tool).toBe('ss');
    expect(truncated).toBe(false);
    expect(told(sockets).map((each) => each.replace(/fe80::[\da-f:]+/u, 'fe80::1'))).toEqual([
      'tcp ipv4 * 1001',
      'tcp ipv6 * 1002 dual',
      'tcp ipv6 * 1003 v6only',
      'tcp ipv4 127.0.0.1 1004',
      'tcp ipv6 ::1 1005',
      'tcp ipv4 10.9.0.1 1006',
      'tcp ipv6 fd09::1 1007',
      'tcp ipv4 10.9.0.1 1008',
      'tcp ipv6 fe80::1 1009  v0',
      'tcp ipv4 * 1010  v0',
      'tcp ipv6 * 1011 v6only v0',
      'udp ipv4 * 1001',
      'udp ipv6 * 1002 dual',
      'udp ipv6 * 1003 v6only',
    ]);
    expect(sockets.every(({ program }) => program?.name === 'python3')).toBe(true);
  });

  it('knows nothing of v6only where ss itself had to read /proc', async () => {
    const { sockets } = await facts({ prints: { ss: captured('listeners/ss-6.1-without-netlink.txt') } });
    const any = sockets.filter(({ family, address }) => family === 'ipv6' && address === null);
    expect(any.map(({ port, v6only }) => [port, v6only])).toEqual([
      [1002, null],
      [1003, null],
      [1011, null],
      [1002, null],
      [1003, null],
    ]);
  });

  it('names no program where it may not see it', async () => {
    const { sockets } = await facts({ prints: { ss: captured('listeners/ss-6.1-unprivileged.txt') } });
    expect(sockets).toHaveLength(14);
    expect(sockets.every(({ program }) => program === null)).toBe(true);
  });

  it('counts workers that share an address once', async () => {
    const line = (pid: number) =>
      `tcp LISTEN 0 511 0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=${pid},fd=6)) ino:${pid}\n`;
    expect((await one({ prints: { ss: line(10) + line(11) } })).program).toEqual({
      name: 'nginx',
      pid: 10,
      unit: null,
    });
  });

  it('keeps the TCP sockets of a machine that has too many', async () => {
    const udp = Array.from({ length: 300 }, (_, index) => `udp UNCONN 0 0 0.0.0.0:${index + 1} 0.0.0.0:*\n`);
    const { sockets, truncated } = await facts({
      prints: { ss: `${udp.join('')}tcp LISTEN 0 5 *:443 *:* v6only:0\n` },
    });
    expect(truncated).toBe(true);
    expect(sockets).toHaveLength(256);
    expect(sockets[0]).toMatchObject({ protocol: 'tcp', port: 443, v6only: false });
  });

  it('says that nothing listens', async () => {
    expect((await facts({ prints: { ss: '' } })).sockets).toEqual([]);
  });
});

describe('listeners, without ss', () => {
  const withoutZones = (sockets: readonly ListeningSocket[]): string[] =>
    told(sockets.map((socket) => ({ ...socket, v6only: null, interface: null }))).sort();
  const proc = {
    '/proc/net/tcp': captured('listeners/proc-tcp.txt'),
    '/proc/net/tcp6': captured('listeners/proc-tcp6.txt'),
    '/proc/net/udp': captured('listeners/proc-udp.txt'),
    '/proc/net/udp6': captured('listeners/proc-udp6.txt'),
    '/proc/3021/comm': 'python3\n',
  };

  it('sees the same by netstat, but for v6only and interfaces', async () => {
    const seen = await facts({ prints: { netstat: captured('listeners/netstat-net-tools-2.10.txt') } });
    expect(seen.tool).toBe('netstat');
    expect(withoutZones(seen.sockets)).toEqual(withoutZones((await facts({ prints: { ss: SS } })).sockets));
    expect(seen.sockets.every(({ v6only, program }) => v6only === null && program?.name === 'python3')).toBe(
      true,
    );
  });

  it('sees the same in /proc, whoever may see whose they are', async () => {
    const seen = await facts({ files: proc });
    expect(seen.tool).toBe('proc');
    expect(withoutZones(seen.sockets)).toEqual(withoutZones((await facts({ prints: { ss: SS } })).sockets));
    expect(seen.sockets.every(({ v6only, program }) => v6only === null && program === null)).toBe(true);
    const asRoot = await facts({ files: proc, prints: { sh: captured('listeners/proc-fd.txt') } });
    expect(asRoot.sockets.map(({ program }) => program)).toEqual(
      Array.from({ length: 14 }, () => ({ name: 'python3', pid: 3021, unit: null })),
    );
  });

  it.each([
    ['fails', { exitCode: 1, stdout: '' }],
    ['prints something else', { exitCode: 0, stdout: 'usage: ss\n' }],
  ])('goes on to the next where a tool %s', async (_, ss) => {
    const { tool } = await facts({ prints: { ss, netstat: captured('listeners/netstat-unprivileged.txt') } });
    expect(tool).toBe('netstat');
    expect((await facts({ prints: { ss, netstat: ss }, files: proc })).tool).toBe('proc');
  });

  it('fails where there is nothing to look with', async () => {
    expect(await listeners(machine({}), here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-tool' },
    });
    expect(await listeners(machine({}), here(AbortSignal.abort()))).toMatchObject({
      reason: { code: 'interrupted' },
    });
    const mac = { ...machine({}), host: { ...machine({}).host, platform: 'freebsd' as const } };
    expect(await listeners(mac, here())).toMatchObject({
      status: 'skipped',
      reason: { code: 'not-applicable' },
    });
  });
});

describe('listeners, whose they are', () => {
  const ss = (users: string, port = 443) =>
    `tcp LISTEN 0 5 *:${port} *:* users:(${users}) ino:1 v6only:0 <->\n`;
  const cgroup = (text: string) => ({ '/proc/7/cgroup': text });
  const id = 'ab12cd34ef56'.padEnd(64, '0');

  it.each([
    ['0::/system.slice/nginx.service\n', 'nginx.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n', 'web.service'],
    ['0::/user.slice/user-1000.slice/session-3.scope\n', null],
    ['12:pids:/system.slice/x.service\n1:name=systemd:/system.slice/ssh.service\n0::/\n', 'ssh.service'],
    ['0::/system.slice/$(id).service\n', null],
  ])('finds the unit in %j', async (text, unit) => {
    const socket = await one({ prints: { ss: ss('("nginx",pid=7,fd=6)') }, files: cgroup(text) });
    expect(socket).toMatchObject({ program: { name: 'nginx', pid: 7, unit }, container: null });
  });

  it.each([
    `0::/system.slice/docker-${id}.scope\n`,
    `0::/docker/${id}\n`,
    `5:x:/\n1:name=systemd:/docker/${id}\n`,
  ])('finds the container in %j', async (text) => {
    const prints = { ss: ss('("node",pid=7,fd=6)') };
    expect(await one({ prints, files: cgroup(text) })).toMatchObject({ container: 'ab12cd34ef56' });
    const docker = 'ab12cd34ef56\tweb\t\n';
    const files = { ...cgroup(text), '/var/run/docker.sock': '' };
    expect(await one({ prints: { ...prints, docker }, files })).toMatchObject({ container: 'web' });
  });

  it('knows for which container docker-proxy listens', async () => {
    const docker = [
      'ab12cd34ef56\tdb\t127.0.0.1:5432->5432/tcp',
      'ab12cd34ef57\tweb\t0.0.0.0:80->80/tcp, [::]:80->80/tcp, 0.0.0.0:440-450->440-450/tcp, :::440-450->440-450/tcp',
    ].join('\n');
    const prints = { ss: ss('("docker-proxy",pid=7,fd=6)'), docker };
    expect((await one({ prints, files: { '/var/run/docker.sock': '' } })).container).toBe('web');
    expect((await one({ prints })).container).toBeNull();
  });

  it('names the socket unit where systemd opened it', async () => {
    const shared = ss('("sshd",pid=7,fd=3),("systemd",pid=1,fd=50)', 22);
    const files = cgroup('0::/system.slice/ssh.service\n');
    const systemctl = '/run/x.sock x.socket x.service\n[::]:22 ssh.socket ssh.service\n';
    expect((await one({ prints: { ss: shared, systemctl }, files })).program).toEqual({
      name: 'sshd',
      pid: 7,
      unit: 'ssh.socket',
    });
    expect((await one({ prints: { ss: shared }, files })).program).toEqual({
      name: 'systemd',
      pid: 1,
      unit: null,
    });
  });

  it('reads what programs get that do not choose', async () => {
    const read = async (text?: string) =>
      (
        await facts({
          prints: { ss: '' },
          files: text === undefined ? {} : { '/proc/sys/net/ipv6/bindv6only': text },
        })
      ).bindv6only;
    expect([await read('1\n'), await read('0\n'), await read('x'), await read()]).toEqual([
      true,
      false,
      null,
      null,
    ]);
  });
});

it.each([
  ['an endless number', 'users:(("nginx",pid=99999999999999999999,fd=6)) ino:99999999999999999999'],
  ['a port that is none', 'users:(("nginx",pid=7,fd=6))', '*:99999'],
  ['a name that looks like more', 'users:(("",pid=1,fd=3)",pid=7,fd=6))'],
  ['a name that acts on a terminal', 'users:(("\u001b[2J\u009b1m",pid=7,fd=6))'],
])('makes evidence of %s', async (_, rest, local = '*:443') => {
  const evidence = await listeners(
    machine({ prints: { ss: `tcp LISTEN 0 5 ${local} *:* ${rest}\n` } }),
    here(),
  );
  expect(evidenceSchema.parse(evidence).probe).toBe('listeners');
  expect(printableJson(evidence)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});

it('gives evidence whatever the tools print', async () => {
  const fragment = fc.oneof(
    fc.string(),
    fc.constantFrom(...SS.split(/(?<=[\s:%])/u), '99999', '::ffff:1.2.3.4', '[::]%', 'users:(("', '\n'),
  );
  const text = fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(text, text, text, text, text),
      async ([first, second, third, fourth, fifth]) => {
        const item = await listeners(
          machine({
            prints: { ss: first, netstat: second, sh: third, docker: fourth, systemctl: fifth },
            files: { '/proc/net/tcp': third, '/var/run/docker.sock': '', '/proc/1/cgroup': fourth },
          }),
          here(),
        );
        expect(evidenceSchema.parse(item).probe).toBe('listeners');
      },
    ),
  );
});
