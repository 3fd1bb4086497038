import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
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
