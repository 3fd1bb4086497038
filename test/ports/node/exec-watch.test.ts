import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exec } from '../../../src/ports/node/exec.ts';
import { never } from './loopback.ts';

const PLENTY = { ready: /ready/u, readyMs: 5_000, maxBytes: 100_000, signal: never };

const watch = (script: string, more: Partial<typeof PLENTY> = {}) =>
  exec.watch(process.execPath, ['-e', script], { ...PLENTY, ...more });

async function watching(script: string, more: Partial<typeof PLENTY> = {}) {
  const watcher = await watch(script, more);
  if (watcher === null) throw new Error('not installed');
  return watcher;
}

const FOREVER = 'setInterval(() => {}, 1000);';
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function ended(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await delay(20);
  return !isAlive(pid);
}

describe('exec.watch', () => {
  it.each(['console.log("ready");', 'console.error("not yet, now ready");'])('waits for %s', async (says) => {
    const watcher = await watching(`setTimeout(() => { ${says} }, 100); ${FOREVER}`);
    expect(watcher.isReady).toBe(true);
    const { stdout, stderr } = await watcher.stop();
    expect(stdout + stderr).toContain('ready');
  });

  it('gives what was printed until it was stopped, and after it was told to', async () => {
    const watcher = await watching(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); console.error('err'); console.log('ready'); ${FOREVER}`,
    );
    expect(await watcher.stop()).toEqual({ exitCode: 0, stdout: 'ready\nbye\n', stderr: 'err\n' });
    expect(await watcher.stop()).toMatchObject({ exitCode: 0 });
  });

  it('ends what does not listen', async () => {
    const watcher = await watching(
      `process.on('SIGTERM', () => {}); console.log('ready ' + process.pid); ${FOREVER}`,
    );
    const { exitCode, stdout } = await watcher.stop();
    expect(exitCode).toBe(128);
    expect(isAlive(Number(stdout.split(' ')[1]))).toBe(false);
  });

  it('waits for nothing that a program left behind with its outputs', async () => {
    const watcher = await exec.watch('sh', ['-c', 'sleep 5 & echo ready; exec sleep 5'], PLENTY);
    const started = performance.now();
    expect(await watcher?.stop()).toMatchObject({ stdout: 'ready\n' });
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it('says that it ended before it was ready', async () => {
    const watcher = await watching('console.error("no permission"); process.exitCode = 3');
    expect(watcher.isReady).toBe(false);
    expect(await watcher.stop()).toEqual({ exitCode: 3, stdout: '', stderr: 'no permission\n' });
  });

  it('waits no longer than it is told', async () => {
    const watcher = await watching(FOREVER, { readyMs: 100 });
    expect(watcher.isReady).toBe(false);
    expect(await watcher.stop()).toMatchObject({ exitCode: 128 });
  });

  it('gives null for what is not installed', async () => {
    expect(await exec.watch('reach4-no-such-program', [], PLENTY)).toBeNull();
  });

  it('ends what says too much, and says so', async () => {
    const endless = "const b = 'é'.repeat(65536); const f = () => process.stdout.write(b, f); f()";
    const watcher = await watching(endless, { maxBytes: 1_000 });
    const { exitCode, stdout } = await watcher.stop();
    expect(exitCode).toBe(125);
    expect(Buffer.byteLength(stdout)).toBeLessThanOrEqual(1_000);
    expect(Buffer.byteLength(stdout)).toBeGreaterThan(990);
    expect(stdout).not.toContain('\uFFFD');
  });

  it('ends with the signal, also before it is ready', async () => {
    const caller = new AbortController();
    const watcher = await watching(`console.log('ready ' + process.pid); ${FOREVER}`, {
      signal: caller.signal,
    });
    caller.abort();
    const { exitCode, stdout } = await watcher.stop();
    expect(exitCode).toBe(124);
    expect(isAlive(Number(stdout.split(' ')[1]))).toBe(false);
    const early = await watching(FOREVER, { signal: AbortSignal.timeout(100) });
    expect(early.isReady).toBe(false);
    expect(await early.stop()).toMatchObject({ exitCode: 124 });
  });

  it.each([
    ['exits', 'process.exit(0)'],
    ['is ended', "process.kill(process.pid, 'SIGTERM')"],
    ['fails', "throw new Error('bug')"],
  ])('leaves nothing behind where this process %s', async (_, end) => {
    const folder = await mkdtemp(join(tmpdir(), 'reach4-watch-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'pid');
    const module = fileURLToPath(new URL('../../../src/ports/node/exec.ts', import.meta.url));
    const child = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); console.log('ready'); ${FOREVER}`;
    const script = `
      const { exec } = await import(${JSON.stringify(module)});
      await exec.watch(process.execPath, ['-e', ${JSON.stringify(child)}], {
        ready: /ready/u, readyMs: 5000, maxBytes: 1000, signal: new AbortController().signal,
      });
      ${end}`;
    await execa(process.execPath, ['--input-type=module', '-e', script], { reject: false });
    expect(await ended(Number(await readFile(file, 'utf8')))).toBe(true);
  });
});
