/** The connector on a real Debian that has booted: its own systemd, apt and sshd; cloudflared is a stand-in. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ConnectorContext } from '../../src/cli/connector/context.ts';
import { install } from '../../src/cli/connector/install.ts';
import { machineOf } from '../../src/cli/connector/machine.ts';
import { remove } from '../../src/cli/connector/remove.ts';
import { status } from '../../src/cli/connector/status.ts';
import { factOf } from '../../src/connector/answer.ts';
import { installScript } from '../../src/connector/script/install.ts';
import { LOOK_SCRIPT } from '../../src/connector/script/look.ts';
import { removeScript } from '../../src/connector/script/remove.ts';
import { type Feed, feed } from '../../src/ports/node/fed.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { privateFiles } from '../../src/ports/node/private-file.ts';
import { userData } from '../../src/relay/user-data.ts';
import { tunnelTokenText } from '../support/tunnel-tokens.ts';
import { NODE } from './commands.ts';
import { packageRepository } from './connector/package.ts';
import type { Place } from './leftovers.ts';
import { type Internet, startInternet } from './relay/lab.ts';
import { RELAY_HOSTS } from './relay/topology.ts';
import { bootMachine, type Machine } from './relay-host/machine.ts';
import { debianWith, packagesOf } from './relay-host/tree.ts';

const STAND_IN = fileURLToPath(new URL('./connector/cloudflared.py', import.meta.url));
/** Where the machine keeps it, off PATH. */
const KEPT = '/opt/cloudflared';
const MIRROR = fileURLToPath(new URL('./relay-host/mirror.ts', import.meta.url));
const MIRROR_PORT = 8_001;

const TUNNEL = '6c1a1d5a-04d2-4b59-9a0e-3f6f0f6a2b11';
const OTHER = 'b0c7f2de-5a83-4c5e-8a1c-7f1f1a0b9d22';
/** What must be found nowhere but in root's own file. */
const SECRET = 'the first secret of this tunnel, 32';
const tokens = {
  first: tunnelTokenText(TUNNEL, SECRET),
  rotated: tunnelTokenText(TUNNEL, 'another secret of this tunnel, 32'),
  revoked: tunnelTokenText(TUNNEL, 'a secret that was replaced before'),
  other: tunnelTokenText(OTHER, 'a secret of another tunnel, of 32'),
};
const UNIT = `reach4-connector-${TUNNEL}.service`;
const FILES = ['/etc/reach4/connector', `/etc/systemd/system/${UNIT}`] as const;

/** ms; the first time on a machine, a Debian is made before that. */
const FIRST_TIME = 1_000_000;

let lab: Internet & { readonly made: Machine };
let place: Place;
let repository: string;

beforeAll(async () => {
  // The relay's Debian, so that one is built for both.
  const origin = { host: 'home.example.org', port: 5_000 };
  const debian = await debianWith(
    packagesOf(userData({ rebootAt: '04:30', services: [{ kind: 'udp', port: 5_000, origin }] })),
  );
  lab = await startInternet(1_500, async (at, run) => {
    place = at;
    const disk = join(at.dir, 'machine', 'disk');
    await file(join(disk, 'etc/cloud/cloud-init.disabled'), '');
    await file(join(disk, KEPT), await readFile(STAND_IN, 'utf8'));
    await file(join(disk, 'etc/hosts'), '127.0.0.1 localhost\n');
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(at.dir, 'key')]);
    const key = await readFile(join(at.dir, 'key.pub'), 'utf8');
    await file(join(disk, 'root/.ssh/authorized_keys'), key, 0o600);
    return bootMachine(at, run, debian, '#!/bin/sh\n');
  });
  repository = await packageRepository(join(place.dir, 'cloudflared'), STAND_IN);
  const [address] = RELAY_HOSTS.dns[4].slice(-1);
  await lab.spawn('dns', [NODE, MIRROR, repository, `${address}`, `${MIRROR_PORT}`]).waitFor(/^ready$/mu);
  // Before its D-Bus answers, `--wait` doesn't wait.
  while (!/^(?:running|degraded)$/u.test(await inside('systemctl', 'is-system-running'))) await delay(500);
}, FIRST_TIME);
afterAll(async () => lab?.[Symbol.asyncDispose]());

/** The same machine for all: each test begins without a connector, and with a cloudflared on PATH. */
beforeEach(async () => {
  for (const tunnelId of [TUNNEL, OTHER])
    await inside('systemctl', 'stop', `reach4-connector-${tunnelId}.service`);
  await inside(
    'sh',
    '-c',
    'rm -rf /etc/reach4 /etc/systemd/system/reach4-connector-* /usr/local/bin/cloudflared; systemctl daemon-reload',
  );
  await edge({});
  await inside('install', '-m', '755', KEPT, '/usr/local/bin/cloudflared');
});

async function file(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text, { mode });
}

const inside = async (...command: string[]): Promise<string> => (await lab.made.inside(command)).stdout;

/** What Cloudflare's edge does with those who come. */
const edge = (with_: { open?: boolean; version?: string }): Promise<string> =>
  inside(
    'sh',
    '-c',
    `echo '${JSON.stringify({ open: true, version: '2026.8.2', tokens: [tokens.first, tokens.rotated, tokens.other], ...with_ })}' > /etc/lab-edge.json`,
  );

interface Said {
  readonly code: number;
  readonly text: string;
}

const insideOf: Feed = (program, args, options) => {
  const [file, ...rest] = lab.made.entering([program, ...args]);
  return feed(file, rest, options);
};

/** `ssh` on the host `client` of the lab, with the lab's key. */
const fromClient: Feed = (program, args, options) =>
  feed(
    'nsenter',
    [
      `--net=/run/netns/${place.id}-client`,
      '--',
      program,
      '-F',
      'none',
      ...[
        '-i',
        join(place.dir, 'key'),
        '-o',
        `UserKnownHostsFile=${join(place.dir, 'known')}`,
        '-o',
        'StrictHostKeyChecking=accept-new',
      ],
      ...args,
    ],
    options,
  );

async function said(
  work: (context: ConnectorContext) => Promise<number>,
  more: Partial<ConnectorContext> = {},
): Promise<Said> {
  let text = '';
  const add = (part: string): void => {
    text += part;
  };
  const code = await work({
    ports: nodePorts(),
    privateFiles,
    io: { out: add, err: add, isTTY: false, page: { width: 80, color: false, drawing: false } },
    folder: '/',
    env: {},
    signal: new AbortController().signal,
    feed: insideOf,
    platform: 'linux',
    isRoot: true,
    readInput: async () => tokens.first,
    ...more,
  });
  for (const secret of Object.values(tokens)) expect(text).not.toContain(secret);
  expect(text.split('\n').filter((each) => each.length > 80)).toEqual([]);
  return { code, text };
}

const FROM_INPUT = { stack: null, tokenFile: '-', ssh: null, yes: true, readyWithinS: 8 };

const installed = (
  token: string,
  more: Partial<ConnectorContext> = {},
  ssh: string | null = null,
): Promise<Said> =>
  said((context) => install({ ...FROM_INPUT, ssh }, context), {
    readInput: async () => `${token}\n`,
    ...more,
  });

const removed = (more: { withPackage?: boolean; tunnel?: string } = {}): Promise<Said> =>
  said((context) => remove({ ssh: null, yes: true, tunnel: null, withPackage: false, ...more }, context));

const state = (json = false): Promise<Said> => said((context) => status({ ssh: null, json }, context));

/** All that a connector leaves on a disk, with modes, owners and checksums. */
const traces = async (): Promise<string> =>
  inside(
    'sh',
    '-c',
    `ls -ldn /etc/reach4 ${FILES.join(' ')} 2>/dev/null | cut -d' ' -f1,3,4; find ${FILES.join(' ')} /run/reach4-connector* -type f -exec stat -c '%a %u %n' {} + -exec sha256sum {} + 2>/dev/null; systemctl is-enabled ${UNIT} 2>&1; systemctl is-active ${UNIT}; ls /run | grep reach4`,
  );

it('installs it, tells how it does, and takes it away again', async () => {
  const before = await traces();
  const { code, text } = await installed(tokens.first);
  expect(text).toContain('cloudflared 2026.8.2 is there: /usr/local/bin/cloudflared');
  expect(text).toMatch(/The connector runs on this machine and is connected to Cloudflare/u);
  expect(text).toMatch(/Next, in the folder with the plan: {2}reach4 up/u);
  expect(code).toBe(0);

  const [folder, , unitMode] = (await traces()).split('\n');
  expect([folder, unitMode]).toEqual(['drwxr-xr-x 0 0', '-rw-r--r-- 0 0']);
  expect(await inside('stat', '-c', '%a %U', `${FILES[0]}/${TUNNEL}.token`, FILES[0])).toBe(
    '600 root\n700 root',
  );
  const arguments_ = await inside('sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr "\\0" " "');
  expect(arguments_).toContain(
    '--edge-ip-version auto --metrics 127.0.0.1:20246 run --token-file /run/credentials/',
  );
  expect(arguments_).not.toContain(tokens.first);
  const owner = await inside('sh', '-c', `stat -c %u /proc/$(systemctl show -P MainPID ${UNIT})`);
  expect(Number(owner)).toBeGreaterThanOrEqual(61_184);
  const journal = await inside('journalctl', '--no-pager');
  expect(journal).not.toContain(tokens.first);

  // Exposed no more than "OK", in systemd's own words.
  const security = await inside('systemd-analyze', 'security', '--no-pager', UNIT);
  const { score, level } =
    /exposure level for .*: (?<score>[\d.]+) (?<level>[A-Z]+)/u.exec(security)?.groups ?? {};
  console.log(`${UNIT}: ${score} ${level}`);
  expect(['PERFECT', 'SAFE', 'OK']).toContain(level);

  const shown = await state();
  expect(shown.text).toMatch(/ok: runs since \d{4}-\d\d-\d\d \d\d:\d\d UTC/u);
  expect(shown.text).toMatch(/ok: [1-4] connections? to Cloudflare/u);
  expect(shown.code).toBe(0);
  const facts = JSON.parse((await state(true)).text);
  expect(facts).toMatchObject({
    fine: true,
    connectors: [{ tunnelId: TUNNEL, active: 'active', enabled: true, port: 20_246 }],
  });

  const gone = await removed();
  expect(gone.text).toContain('The connector is gone from this machine; so is its token.');
  expect(gone.code).toBe(0);
  expect(await traces()).toBe(before);
  expect((await removed()).text).toContain('nothing to take away');
  expect((await state()).code).toBe(1);
});

it.each([
  ['install', installScript({ tunnelId: TUNNEL })],
  ['remove', removeScript({ tunnelId: TUNNEL, withPackage: true })],
  ['look', LOOK_SCRIPT],
])('has nothing to say against the script of %s', async (_, script) => {
  // Not for these: names for all scripts, of which each uses some; a list of conditions with one way out.
  const excluded = ['--exclude=SC2034,SC2015,SC2154,SC2317,SC2329,SC2086,SC2231'];
  const { exitCode, stdout } = await execa('shellcheck', ['--shell=sh', ...excluded, '-'], {
    input: script,
    reject: false,
  });
  expect([stdout, exitCode]).toEqual(['', 0]);
  for (const shell of ['dash', 'bash']) await execa(shell, ['-n'], { input: script });
});

it('changes nothing a second time, and starts it again with another token', async () => {
  await installed(tokens.first);
  const started = () => inside('systemctl', 'show', '-P', 'ActiveEnterTimestampMonotonic', UNIT);
  const [before, at] = [await traces(), await started()];
  const again = await installed(tokens.first);
  expect(again.text).toContain('nothing was changed');
  expect([again.code, await traces(), await started()]).toEqual([0, before, at]);

  const other = await installed(tokens.rotated);
  expect(other.text).toContain('The connector runs on this machine');
  expect(await traces()).not.toBe(before);
  expect(await started()).not.toBe(at);
});

it('keeps what was there before, where the new token is refused', async () => {
  const empty = await traces();
  const refused = await run(installScript({ tunnelId: TUNNEL, readyWithinS: 3 }), tokens.revoked);
  expect(refused.failed).toEqual({ code: 'not-ready', detail: '3' });
  expect(refused.log.join('\n')).toContain('Unauthorized: Invalid tunnel secret');
  expect(await traces()).toBe(empty);

  await installed(tokens.first);
  const before = await traces();
  const again = await run(installScript({ tunnelId: TUNNEL, readyWithinS: 3 }), tokens.revoked);
  expect([again.failed?.code, factOf(again, 'undone')]).toEqual(['not-ready', 'yes']);
  await expect.poll(async () => (await state()).code, { timeout: 15_000 }).toBe(0);
  expect(await traces()).toBe(before);
});

it('names the line of the log, where the way out is closed', async () => {
  await edge({ open: false });
  const empty = await traces();
  const { code, text } = await installed(tokens.first);
  const words = text.replaceAll(/\s+/gu, ' ');
  expect(words).toContain("This machine doesn't get out to Cloudflare on port 7844");
  expect(words).toContain('failed to dial to edge with quic: timeout: no recent network activity');
  expect(words).toContain('Everything is as it was before.');
  expect(code).toBe(1);
  expect(await traces()).toBe(empty);
});

it('holds nothing against the new token that the program of before wrote, also in its last moment', async () => {
  await installed(tokens.first);
  const again = await run(installScript({ tunnelId: TUNNEL, readyWithinS: 3 }), tokens.revoked);
  const log = again.log.join('\n');
  expect(log).toContain('Unauthorized: Invalid tunnel secret');
  expect(await inside('journalctl', '-u', UNIT, '-o', 'cat')).toContain('context canceled');
  expect(log).not.toContain('context canceled');

  await expect.poll(async () => (await state()).code, { timeout: 15_000 }).toBe(0);
  await edge({ open: false });
  const closed = await run(installScript({ tunnelId: TUNNEL, readyWithinS: 3 }), tokens.rotated);
  expect(closed.log.join('\n')).toContain('failed to dial to edge');
  expect(closed.log.join('\n')).not.toContain('Unauthorized');
});

it('puts everything back where it is interrupted', async () => {
  await edge({ open: false });
  const empty = await traces();
  const controller = new AbortController();
  const { text } = await installed(tokens.first, {
    signal: controller.signal,
    feed: (program, args, options) =>
      insideOf(program, args, {
        ...options,
        onLine: (line) => {
          options.onLine(line);
          if (line === 'fact waited 2') void inside('sh', '-c', 'kill -TERM $(pgrep -f "dd bs=1")');
        },
      }),
  });
  expect(text).toContain('Everything is as it was before.');
  await expect.poll(traces).toBe(empty);
});

it('asks for a newer cloudflared, and for none in a home', async () => {
  await edge({ version: '2024.12.2' });
  await expect(installed(tokens.first)).rejects.toThrow(
    "/usr/local/bin/cloudflared has version 2024.12.2 and can't read its token from a file; expected 2025.4.0 or later",
  );
  await edge({});
  await inside(
    'sh',
    '-c',
    'mv /usr/local/bin/cloudflared /root/cf && ln -s /root/cf /usr/local/bin/cloudflared',
  );
  await expect(installed(tokens.first)).rejects.toThrow("in a folder that the service doesn't see");
});

it('keeps two tunnels apart, and does not read the configuration of another cloudflared', async () => {
  await inside('sh', '-c', 'mkdir -p /etc/cloudflared && echo tunnel: x > /etc/cloudflared/config.yml');
  await installed(tokens.first);
  await installed(tokens.other);
  const { text, code } = await state();
  expect([text.match(/connections? to Cloudflare/gu)?.length, code]).toEqual([2, 0]);
  await expect(removed()).rejects.toThrow(`There are 2 connectors; expected --tunnel ID with one of: `);
  expect((await removed({ tunnel: OTHER })).code).toBe(0);
  expect((await state()).text).not.toContain(OTHER);
  await inside('rm', '-r', '/etc/cloudflared');
});

it('installs cloudflared from a signed repository, and takes that away too', async () => {
  await inside('rm', '/usr/local/bin/cloudflared');
  const [address] = RELAY_HOSTS.dns[4].slice(-1);
  const at = `http://${address}:${MIRROR_PORT}`;
  const repositories = {
    apt: {
      key: `${at}/key.gpg`,
      keyFile: '/usr/share/keyrings/cloudflare-main.gpg',
      source: `deb [signed-by=/usr/share/keyrings/cloudflare-main.gpg] ${at}/ ./`,
      sourceFile: '/etc/apt/sources.list.d/cloudflared.list',
    },
    rpm: { source: '', sourceFile: '' },
  };
  const packages = () =>
    inside(
      'sh',
      '-c',
      'ls /usr/share/keyrings /etc/apt/sources.list.d; dpkg -l cloudflared 2>/dev/null | grep ^ii; command -v cloudflared',
    );
  const before = await packages();
  const empty = await traces();
  // Signed by somebody else.
  const foreign = { ...repositories, apt: { ...repositories.apt, key: `${at}/Packages` } };
  const unsigned = await run(installScript({ tunnelId: TUNNEL, repositories: foreign }), tokens.first);
  expect(unsigned.failed?.code).toBe('no-update');
  expect(unsigned.failed?.detail).toMatch(/not signed|sqv|signature/iu);
  expect([await packages(), await traces()]).toEqual([before, empty]);
  // The edge is closed: the package goes again as well.
  await edge({ open: false });
  const failed = await run(installScript({ tunnelId: TUNNEL, repositories, readyWithinS: 3 }), tokens.first);
  expect(failed.failed?.code).toBe('not-ready');
  expect([await packages(), await traces()]).toEqual([before, empty]);

  await edge({});
  const done = await run(installScript({ tunnelId: TUNNEL, repositories }), tokens.first);
  expect(done.failed).toBeNull();
  expect(await inside('cat', '/etc/reach4/connector/package')).toBe(
    'file /usr/share/keyrings/cloudflare-main.gpg\nfile /etc/apt/sources.list.d/cloudflared.list\napt cloudflared',
  );
  expect((await state()).text).toContain('2026.8.2, /usr/local/bin/cloudflared');
  const kept = await run(removeScript({ tunnelId: TUNNEL, withPackage: false }), '');
  expect(factOf(kept, 'package')).toBe('left');
  const gone = await run(removeScript({ tunnelId: TUNNEL, withPackage: true }), '');
  expect([factOf(gone, 'removed'), factOf(gone, 'package')]).toEqual(['no', 'removed']);
  expect([await packages(), await traces()]).toEqual([before, empty]);
});

it('does the same over SSH, and says why where root is not to be had', async () => {
  const host = `root@${RELAY_HOSTS.relay[4][0]}`;
  const more = { feed: fromClient, isRoot: false };
  const { code, text } = await installed(tokens.first, more, host);
  expect(text).toContain(`The connector runs on ${host}`);
  expect(text.replaceAll(/\s+/gu, ' ')).toContain(`reach4 connector status --ssh ${host}`);
  expect(code).toBe(0);
  const shown = await said((context) => status({ ssh: host, json: false }, context), more);
  expect([shown.code, shown.text.split('\n')[0]]).toEqual([0, `Connectors on ${host}`]);

  await inside(
    'sh',
    '-c',
    'id someone || useradd -m someone; mkdir -p /home/someone/.ssh; cp /root/.ssh/authorized_keys /home/someone/.ssh; chown -R someone /home/someone',
  );
  const someone = host.replace('root', 'someone');
  await expect(installed(tokens.first, more, someone)).rejects.toThrow(
    `This needs root on ${someone} ("sh: 1: exec: sudo: not found")`,
  );
  await expect(installed(tokens.first, more, host.replace('root', 'nobody'))).rejects.toThrow(
    /can't be reached over SSH \(".*Permission denied/u,
  );

  // The line breaks: the script finds nobody to tell, and puts everything back.
  await edge({ open: false });
  const controller = new AbortController();
  const feedUntilBroken: Feed = (program, args, options) =>
    fromClient(program, args, {
      ...options,
      onLine: (line) => {
        options.onLine(line);
        if (line === 'fact waited 2') controller.abort();
      },
    });
  const before = await traces();
  await installed(tokens.rotated, { ...more, feed: feedUntilBroken, signal: controller.signal }, host);
  await edge({});
  await expect.poll(traces, { timeout: 30_000 }).toBe(before);

  const away = await said(
    (context) => remove({ ssh: host, yes: true, tunnel: null, withPackage: false }, context),
    more,
  );
  expect([away.code, await inside('ls', '/etc/reach4')]).toEqual([0, '']);
});

const run = (text: string, input: string) =>
  machineOf(null, {
    feed: insideOf,
    platform: 'linux',
    isRoot: true,
    signal: new AbortController().signal,
  } as ConnectorContext).run({
    text,
    root: true,
    input,
  });
