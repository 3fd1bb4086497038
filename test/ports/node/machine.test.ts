import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../../src/model/address.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import { never } from './loopback.ts';

const { clock, exec, files, host } = nodePorts();

describe('exec', () => {
  const node = (script: string, timeoutMs = 5000, signal = never) =>
    exec.run(process.execPath, ['-e', script], { timeoutMs, signal });

  it('gives exit code and both outputs, untouched', async () => {
    expect(await node('console.log("out"); console.error("err"); process.exitCode = 3')).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('runs no shell', async () => {
    const result = await exec.run(process.execPath, ['-p', 'process.argv[1]', '$(id); *'], {
      timeoutMs: 5000,
      signal: never,
    });
    expect(result?.stdout).toBe('$(id); *\n');
  });

  it('speaks the C locale', async () => {
    expect((await node('console.log(process.env.LC_ALL)'))?.stdout).toBe('C\n');
  });

  it('gives nothing to read', async () => {
    expect((await node('process.stdin.resume().on("end", () => console.log("end"))'))?.stdout).toBe('end\n');
  });

  it('gives null for what is not installed', async () => {
    expect(await exec.run('reach4-no-such-program', [], { timeoutMs: 1000, signal: never })).toBeNull();
  });

  it('ends what takes too long, with what it said', async () => {
    const result = await node('console.log("begun"); setInterval(() => {}, 1000)', 500);
    expect(result).toMatchObject({ exitCode: 124, stdout: 'begun\n' });
  });

  it('ends when the caller gives up, also what ignores it', async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    expect(await node(stubborn, 5000, AbortSignal.timeout(300))).toMatchObject({ exitCode: 124 });
  });

  it.each([
    ['goes on itself', 'sleep 5 & echo begun; sleep 5'],
    ['has ended', 'sleep 5 & echo begun'],
  ])('waits for nothing that a program left behind with its outputs, where it %s', async (_, script) => {
    const started = performance.now();
    const result = await exec.run('sh', ['-c', script], { timeoutMs: 300, signal: never });
    expect(result).toMatchObject({ exitCode: 124, stdout: 'begun\n' });
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it('does so also where the caller gives up', async () => {
    const started = performance.now();
    const options = { timeoutMs: 20_000, signal: AbortSignal.timeout(300) };
    expect(await exec.run('sh', ['-c', 'sleep 5 & sleep 5'], options)).toMatchObject({ exitCode: 124 });
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it('ends what prints one character after the other, for ever', async () => {
    const result = await node('setInterval(() => process.stdout.write("x"), 20)', 500);
    expect(result?.exitCode).toBe(124);
    expect(result?.stdout).toMatch(/^x*$/u);
  });

  it('cuts off endless output and says so', async () => {
    const endless = 'const b = "x".repeat(65536); const f = () => process.stdout.write(b, f); f()';
    const result = await node(endless);
    expect(result?.exitCode).toBe(125);
    expect(result?.stdout.length).toBe(8 * 1024 * 1024);
  });

  it('says that a signal ended it, or that it could not start', async () => {
    expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({ exitCode: 128 });
    expect(await exec.run('/', [], { timeoutMs: 1000, signal: never })).toMatchObject({ exitCode: 126 });
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reach4-files-'));
    onTestFinished(() => rm(folder, { recursive: true }));
  });
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

  it('reads back what it wrote, and leaves nothing else', async () => {
    const path = join(folder, 'a.json');
    await files.write(path, 'ä\n');
    expect(await files.read(path)).toBe('ä\n');
    expect(await files.exists(path)).toBe(true);
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('gives null for what is not there', async () => {
    expect(await files.read(join(folder, 'none'))).toBeNull();
    expect(await files.exists(join(folder, 'none'))).toBe(false);
    await files.write(join(folder, 'file'), '');
    expect(await files.read(join(folder, 'file', 'below'))).toBeNull();
  });

  it('does not call a folder a missing file', async () => {
    await expect(files.read(folder)).rejects.toThrow('EISDIR');
  });

  it('sets the mode, keeps it, and leaves new ones to the umask', async () => {
    const path = join(folder, 'secret');
    await files.write(path, 'one', 0o600);
    expect(await modeOf(path)).toBe(0o600);
    await files.write(path, 'two');
    expect(await modeOf(path)).toBe(0o600);
    await chmod(path, 0o640);
    await files.write(path, 'three');
    expect(await modeOf(path)).toBe(0o640);
    const fresh = join(folder, 'fresh');
    await files.write(fresh, '');
    expect(await modeOf(fresh)).toBe(0o666 & ~process.umask());
  });

  it('writes through a symbolic link', async () => {
    const path = join(folder, 'real');
    await writeFile(path, 'old');
    await symlink(path, join(folder, 'link'));
    await files.write(join(folder, 'link'), 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
  });

  it('leaves the old file, and no other, where it fails', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(files.write(join(folder, 'taken'), 'text')).rejects.toThrow('EISDIR');
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('makes the folders that are missing', async () => {
    await files.write(join(folder, 'a', 'b', 'c'), 'text');
    expect(await files.read(join(folder, 'a', 'b', 'c'))).toBe('text');
  });
});

describe('clock', () => {
  it('sleeps, and is woken by the signal', async () => {
    const before = clock.monotonic();
    await clock.sleep(20);
    expect(clock.monotonic() - before).toBeGreaterThan(15);
    await expect(clock.sleep(5000, AbortSignal.timeout(10))).rejects.toMatchObject({ name: 'AbortError' });
    expect(clock.monotonic() - before).toBeLessThan(1000);
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1000);
  });
});

describe('host', () => {
  it('lists canonical addresses with their prefix', () => {
    const all = host.interfaces();
    expect(all).toContainEqual({ interface: expect.any(String), address: '127.0.0.1', prefixLength: 8 });
    for (const { address } of all) expect(parseAddress(address)).toBe(address);
  });
});
