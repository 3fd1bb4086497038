import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { closedPort } from './loopback.ts';

/** OpenSSH's server as Debian installs it. */
const SSHD = '/usr/sbin/sshd';
/** ms; apt fetches 1.5 MB. */
const APT_TIMEOUT = 120_000;
/** Debian asks this script before a package may start its service (invoke-rc.d(8)); 101 means "not allowed". */
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs OpenSSH's server where it is missing and this is Debian and root; its service stays off. */
export async function ensureSshd(): Promise<void> {
  if (existsSync(SSHD)) return;
  if (process.geteuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`these tests need ${SSHD}: install openssh-server`);
  }
  const guarded = existsSync(POLICY);
  if (!guarded) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: APT_TIMEOUT };
    await execa('/usr/bin/apt-get', ['update'], { ...options, reject: false });
    await execa(
      '/usr/bin/apt-get',
      ['install', '--yes', '--no-install-recommends', 'openssh-server'],
      options,
    );
  } finally {
    if (!guarded) await rm(POLICY);
  }
}

type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

/**
 * Starts OpenSSH's server on a free loopback port with a host key of its own, until the test ends.
 * @param options lines of its configuration (sshd_config(5)).
 */
export async function startSshd(type: KeyType, options: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'reach4-sshd-'));
  const key = join(folder, 'host_key');
  await execa('/usr/bin/ssh-keygen', ['-q', '-t', type, '-N', '', '-f', key]);
  const port = await closedPort();
  const config = join(folder, 'sshd_config');
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${key}`,
    'PidFile none',
    'UsePAM no',
    ...options,
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  // Where root runs it, it wants this folder, which the package's service would make.
  if (process.geteuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const daemon = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: 'ignore' });
  onTestFinished(async () => {
    await ended(daemon);
    await rm(folder, { recursive: true });
  });
  await untilListening(port);
  const blob = Buffer.from((await readFile(`${key}.pub`, 'utf8')).split(' ')[1] ?? '', 'base64');
  return { port, hostKeySha256: createHash('sha256').update(blob).digest('hex') };
}

async function ended(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null) return;
  const gone = new Promise((resolve) => daemon.once('exit', resolve));
  daemon.kill();
  await gone;
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (connected) return;
    await sleep(50);
  }
  throw new Error('sshd does not listen after five seconds');
}
