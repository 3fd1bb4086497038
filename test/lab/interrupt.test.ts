/** Ctrl-C on a real terminal, in the middle of a diagnosis: what was learnt so far, at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnoseCommand } from './commands.ts';
import { startWorld } from './lab.ts';
import { WORLDS } from './worlds/index.ts';

/** Types Ctrl-C a second and a half after the start: by then probes of a dead address run, and they take four. */
const TYPED = '(sleep 1.5; printf "\\003"; sleep 4) | script -qefc "$1" /dev/null';

test('shows what was learnt so far, says so, and ends with 130', async () => {
  const world = WORLDS.get('dns-timeout');
  if (world === undefined) throw new Error('the world dns-timeout is gone');
  await using lab = await startWorld(world);
  const cwd = await mkdtemp(join(tmpdir(), 'reach4-interrupt-'));
  try {
    const command = diagnoseCommand('unused').slice(0, -2).join(' ');
    const { stdout, exitCode } = await lab.exec(
      'server',
      ['bash', '-o', 'pipefail', '-c', TYPED, 'bash', command],
      {
        cwd,
        env: { TERM: 'xterm' },
      },
    );
    expect(stdout).toContain('Interrupted: this is what was learnt so far.');
    expect(stdout).toContain('home.example.org, port 443');
    expect(exitCode).toBe(130);
  } finally {
    await rm(cwd, { recursive: true });
  }
});
