import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { NODE } from './commands.ts';
import { startWorld } from './lab.ts';
import { namespacesOf, processesIn, sweepStale } from './leftovers.ts';
import { defineWorld } from './world.ts';
import { healthy } from './worlds/healthy.ts';

/** A process with a world that is up; it prints the world's folder. */
const HOLDER = fileURLToPath(new URL('./run.ts', import.meta.url));

/** What there is of the worlds of a process. */
function left(pid: number): string[] {
  const mine = (names: string[]) => names.filter((name) => name.startsWith(`r4-${pid}-`));
  return [...mine(readdirSync(tmpdir())), ...namespacesOf(`r4-${pid}`)];
}

async function holder() {
  const child = execa(NODE, [HOLDER, 'healthy', '--keep', '--', 'true'], { reject: false });
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (`${chunk}`.includes('The world stays')) resolve();
    });
  });
  return { pid: child.pid ?? 0, child };
}

it('leaves nothing when it stops', async () => {
  const lab = await startWorld(healthy);
  const namespaces = namespacesOf(basename(lab.dir));
  expect(namespaces.length).toBeGreaterThan(5);
  // Neither what runs in the background nor what ignores a kind request may stay.
  lab.spawn('laptop', ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']);
  const pids = processesIn(namespaces);
  expect(pids.length).toBeGreaterThan(5);
  await Promise.all([lab.stop(), lab.stop()]);
  expect(namespacesOf(basename(lab.dir))).toEqual([]);
  expect(existsSync(lab.dir)).toBe(false);
  expect(pids.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
});

it('leaves nothing when a start fails midway', async () => {
  const before = left(process.pid);
  const twice = { kind: 'http', port: 80 } as const;
  const broken = defineWorld({ ...healthy, name: 'broken', server: { services: [twice, twice] } });
  const cause = expect.objectContaining({ message: expect.stringContaining('EADDRINUSE') });
  await expect(startWorld(broken, { label: 'midway' })).rejects.toMatchObject({
    message: 'The world broken (midway) could not be started.',
    cause,
  });
  expect(left(process.pid)).toEqual(before);
});

it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing after %s', async (signal) => {
  const { child, pid } = await holder();
  expect(left(pid)).not.toEqual([]);
  child.kill(signal);
  expect((await child).signal).toBe(signal);
  expect(left(pid)).toEqual([]);
});

it('sweeps up after a run that was killed, and leaves those that live', async () => {
  const [killed, alive] = await Promise.all([holder(), holder()]);
  const pids = processesIn(namespacesOf(`r4-${killed.pid}`));
  expect(pids).not.toEqual([]);
  killed.child.kill('SIGKILL');
  await killed.child;
  await sweepStale();
  expect(left(killed.pid)).toEqual([]);
  expect(pids.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
  expect(left(alive.pid)).not.toEqual([]);
  alive.child.kill();
  await alive.child;
});
