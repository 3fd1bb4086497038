/** The printed script, run by real shells beside real tools, in network namespaces of the test's own. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { framed, run } from '../../src/collect/frame.ts';
import { lookIn } from '../../src/collect/look.ts';
import { lookScript } from '../../src/collect/script.ts';
import { decodeText, parseTranscript, type Transcript } from '../../src/collect/transcript.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { parseTarget } from '../../src/model/target.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { addresses } from '../../src/probes/addresses.ts';
import { firewall } from '../../src/probes/firewall.ts';
import { listeners } from '../../src/probes/listeners.ts';
import { routes } from '../../src/probes/routes.ts';
import { system } from '../../src/probes/system.ts';
import { here } from '../probes/fake-ports.ts';
import { joined, type Namespace, namespaces } from '../probes/namespaces.ts';

const SHELLS = ['dash', 'bash', 'busybox sh', 'zsh --emulate sh'];
const TARGET = parseTarget('https://[2001:db8:1::2]');
const SCRIPT = lookScript('linux', TARGET, { vantage: 'server', whoami: [] });

async function transcriptOf(
  shell: readonly string[],
  script: string,
  before: readonly string[] = [],
): Promise<Transcript> {
  const [file = '', ...args] = [...before, ...shell];
  const { stdout } = await execa(file, args, { input: script, encoding: 'buffer', reject: false });
  const transcript = parseTranscript(decodeText(stdout));
  if ('wrong' in transcript) throw new Error(`${transcript.wrong}\n${decodeText(stdout)}`);
  return transcript;
}

describe.each(SHELLS)('the frame, by %s', (name) => {
  const shell = name.split(' ');
  const recorded = async (command: readonly string[], change = (script: string) => script) => {
    const transcript = await transcriptOf(
      shell,
      change(
        framed(
          { target: 'tls://home.example.org:443', vantage: 'server' },
          [],
          [{ remark: 'One.', lines: [run(command)] }],
        ),
      ),
    );
    expect(transcript.complete).toBe(true);
    expect(transcript.commands.size).toBe(1);
    return [...transcript.commands.values()][0];
  };

  it.each([
    ['nothing', '', ''],
    ['no line end', 'a', 'a\n'],
    ['blank lines', '\n\na\n\n', '\n\na\n\n'],
    ['a backslash', 'a\\nb\\c\n', 'a\\nb\\c\n'],
    ['what looks like the frame', '= end.\n= exit 0.\n| \n! a\n', '= end.\n= exit 0.\n|\n! a\n'],
    ['other letters', 'Grüße, 日本\n', 'Grüße, 日本\n'],
  ])('shows %s', async (_what, printed, expected) => {
    const folder = await temporary();
    await writeFile(join(folder, 'out'), printed);
    expect(await recorded(['cat', join(folder, 'out')])).toEqual({
      kind: 'ran',
      exitCode: 0,
      stdout: expected,
      stderr: '',
    });
  });

  it('tells complaints and the exit code from what a complaint claims', async () => {
    const command = ['sh', '-c', 'echo a; echo "exit 5" >&2; printf "= exit 0." >&2; exit 3'];
    expect(await recorded(command)).toEqual({
      kind: 'ran',
      exitCode: 3,
      stdout: 'a\n',
      stderr: 'exit 5\n= exit 0.\n',
    });
  });

  it('knows which program is not there', async () => {
    expect(await recorded(['no-such-program', '-x'])).toEqual({ kind: 'not-found' });
  });

  it('says that there was more', async () => {
    const much = await recorded(['sh', '-c', 'while :; do echo 0123456789; done']);
    expect(much).toMatchObject({ kind: 'ran', exitCode: 125 });
    const complaints = await recorded(['sh', '-c', 'head -c 100000 /dev/zero | tr "\\0" x >&2; exit 4']);
    expect(complaints).toMatchObject({ kind: 'ran', exitCode: 4 });
  });

  it('ends what hangs', async () => {
    const command = ['sh', '-c', 'echo a; exec sleep 60'];
    const hung = await recorded(command, (script) => script.replaceAll('timeout 20', 'timeout 1'));
    expect(hung).toMatchObject({ kind: 'ran', exitCode: 124, stdout: 'a\n' });
  });
});

it('is a script that shellcheck has nothing to say about', async () => {
  const script = lookScript('linux', parseTarget("https://home.example.org/it's?a=$(b)"), {
    vantage: 'server',
    whoami: ['https://icanhazip.com/?a=b&c'],
  });
  await execa('shellcheck', ['--shell=sh', '-'], { input: script });
});

it('takes nothing of what it is given for a command', async () => {
  const script = lookScript('linux', parseTarget("https://[2001:db8::1]/$(touch$IFS/nowhere)'`id`"), {
    vantage: 'server',
    whoami: ["https://127.0.0.1:1/\n$(exit 3)';echo fooled;'`"],
  });
  const transcript = await transcriptOf(['dash'], script);
  expect(transcript.complete).toBe(true);
  const [asked] = [...transcript.commands].filter(([key]) => key.startsWith('curl '));
  expect(asked?.[0]).toMatch(/ -4 https:\/\/127\.0\.0\.1:1\/\$\(exit%203\)';echo%20fooled;'%60$/u);
  const evidence = await lookIn(transcript, TARGET);
  expect(evidence.find(({ probe }) => probe === 'whoami')).toMatchObject({ status: 'failed' });
});

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-look-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Without what differs from one moment or vantage to the next: what was seen, or why not. */
const seenIn = (evidence: readonly Evidence[]): unknown[] =>
  evidence.map((item) => [
    item.probe,
    item.status === 'ok' ? item.facts : { status: item.status, code: item.reason.code },
  ]);

async function live(ports: Ports): Promise<Evidence[]> {
  const context = here();
  return Promise.all([
    addresses(ports, context),
    routes(ports, context),
    listeners(ports, context),
    firewall({ port: 443, protocol: 'tcp' }, ports, context),
  ]);
}

/** The same probes, in what the script printed. */
async function looked(
  server: Namespace,
  shell: readonly string[],
  before: readonly string[] = [],
): Promise<Evidence[]> {
  const inside = ['ip', 'netns', 'exec', server.id, ...before];
  const transcript = await transcriptOf(shell, SCRIPT, inside);
  expect(transcript.complete).toBe(true);
  return (await lookIn(transcript, TARGET)).filter(({ probe }) => probe !== 'system');
}

/** A server behind a router: it listens on IPv6 only, and its firewall drops IPv4. */
async function home(): Promise<Namespace> {
  const { server, router } = await namespaces('server', 'router');
  await joined(server, 'eth0', router, 'lan0');
  await router.ip('addr add 192.168.9.1/24 dev lan0\naddr add 2001:db8:1::1/64 dev lan0 nodad');
  await server.ip(
    `addr add 192.168.9.2/24 dev eth0
addr add 2001:db8:1::2/64 dev eth0 nodad
route add default via 192.168.9.1
route add default via 2001:db8:1::1`,
  );
  await server.nft(`table inet filter { chain input { type filter hook input priority 0; policy accept;
    meta nfproto ipv4 tcp dport 443 counter drop; tcp dport 443 accept; }; }
    table ip nat { chain pre { type nat hook prerouting priority -100; tcp dport 8443 dnat to 172.31.0.9:443; }; }`);
  await server.node(
    `require('node:net').createServer().listen({ port: 443, host: '::', ipv6Only: true }, () => console.log('ready'))`,
  );
  return server;
}

describe('the evidence of the script is that of the probes themselves', () => {
  it.each(SHELLS)('as root, by %s', async (shell) => {
    const server = await home();
    const evidence = await looked(server, shell.split(' '));
    expect(seenIn(evidence)).toEqual(seenIn(await live(await server.ports())));
    const text = JSON.stringify(evidence);
    expect(text).toContain('meta nfproto ipv4 tcp dport 443 counter');
    expect(text).toContain('"v6only":true');
    expect(text).toContain('"name":"node"');
  });

  it('as an ordinary user', async () => {
    const server = await home();
    const become = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'];
    const evidence = await looked(server, ['dash'], become);
    expect(seenIn(evidence)).toEqual(seenIn(await live(await server.ports({ user: 'nobody' }))));
    expect(evidence.find(({ probe }) => probe === 'firewall')).toMatchObject({
      status: 'failed',
      reason: { code: 'no-privilege' },
    });
  });

  it('on this machine: which system it is', async () => {
    const transcript = await transcriptOf(['dash'], SCRIPT);
    const [item] = await lookIn(transcript, TARGET);
    expect(seenIn([item as Evidence])).toEqual(seenIn([await system(nodePorts(), here())]));
    expect(Math.abs(Date.now() - Date.parse(item?.at ?? ''))).toBeLessThan(60_000);
  });
});

/** Programs that every script needs; those that look are added by name. */
const BASIC = [
  'sh',
  'awk',
  'cat',
  'date',
  'grep',
  'head',
  'id',
  'ls',
  'od',
  'sed',
  'sort',
  'tail',
  'test',
  'timeout',
  'tr',
  'true',
  'uname',
];

describe('what a machine lacks', () => {
  let where: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    const found = await Promise.all(
      [...BASIC, 'ip', 'ss', 'nft', 'dash', 'getent'].map(async (name) => {
        const { stdout } = await execa('sh', ['-c', `command -v ${name} | grep / || echo /usr/bin/${name}`]);
        return [name, stdout.trim()] as const;
      }),
    );
    where = Object.fromEntries(found);
  });

  /** Evidence where only these programs are installed, by probe. */
  async function only(...programs: string[]): Promise<Map<string, Evidence>> {
    const server = await home();
    const folder = await temporary();
    const [bin, none] = [join(folder, 'bin'), join(folder, 'none')];
    await mkdir(bin);
    await mkdir(none);
    for (const name of [...BASIC, ...programs]) await copyFile(where[name] ?? '', join(bin, name));
    // Debian has much in /usr/sbin, where the script looks as well.
    const hidden = `for each in /usr/local/sbin /usr/sbin /sbin; do mount --bind ${none} $(readlink -f $each); done; `;
    const inside = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c'];
    const start = `${hidden}PATH=${bin} exec ${where.dash}`;
    const evidence = await looked(server, [], [...inside, start]);
    return new Map(evidence.map((item) => [item.probe, item]));
  }

  it('without ss and netstat, the tables of the kernel tell', async () => {
    const evidence = await only('ip');
    expect(evidence.get('listeners')).toMatchObject({ status: 'ok', facts: { tool: 'proc' } });
    expect(JSON.stringify(evidence.get('listeners'))).toContain('"port":443,"v6only":null');
    expect(JSON.stringify(evidence.get('listeners'))).toContain('"name":"node"');
    expect(evidence.get('firewall')).toMatchObject({ status: 'failed', reason: { code: 'no-tool' } });
    expect(evidence.get('addresses')).toMatchObject({ status: 'ok' });
  });

  it('without ip, no address is known, which is not that there is none', async () => {
    const evidence = await only('ss');
    for (const probe of ['addresses', 'routes']) {
      expect(evidence.get(probe)).toMatchObject({ status: 'failed', reason: { code: 'no-tool' } });
    }
    expect(evidence.get('listeners')).toMatchObject({ status: 'ok', facts: { tool: 'ss' } });
  });
});

describe('a script that was cut off', () => {
  it('says of what it lacks that it lacks it, and of nothing else', async () => {
    const server = await home();
    const { stdout } = await execa('ip', ['netns', 'exec', server.id, 'dash'], { input: SCRIPT });
    const before = stdout.slice(0, stdout.indexOf('= run nft -a list ruleset'));
    const within = stdout.slice(0, stdout.indexOf('tcp LISTEN') + 5);
    for (const [text, lost] of [
      [before, ['firewall']],
      [within, ['listeners', 'firewall']],
    ] as const) {
      const transcript = parseTranscript(text);
      if ('wrong' in transcript) throw new Error(transcript.wrong);
      const evidence = await lookIn(transcript, TARGET);
      const failed = evidence.filter(({ status }) => status !== 'ok');
      expect(failed.map(({ probe }) => probe)).toEqual(lost);
      expect(failed).toEqual(
        failed.map(() => expect.objectContaining({ reason: expect.objectContaining({ code: 'malformed' }) })),
      );
    }
  });
});
