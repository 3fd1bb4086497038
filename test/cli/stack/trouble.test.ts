import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { pulumi } from '../../../src/cli/stack/literal.ts';
import { down, up } from '../../../src/cli/stack/provision.ts';
import type { Foreground } from '../../../src/ports/node/foreground.ts';
import { NAME, OLD4, OTHER4, STABLE6, WAN4 } from '../../support/names.ts';
import { type World, world, wrongA } from './world.ts';

/** ms: each command of the engine takes two to four seconds on two busy cores. */
const LONG = 180_000;

const LAST = { stack: null };
const A_OLD = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' };
const A_OTHER = { type: 'A', name: NAME, content: OTHER4, ttl: 7200 };
const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const SIX = `AAAA ${NAME} ${STABLE6} 300 dns -`;
const NEW = `A ${NAME} ${WAN4} 1800 dns home`;
const OLD = `A ${NAME} ${OLD4} 1800 dns home`;
const MADE = `A ${NAME} ${WAN4} 300 dns reach4 stack home-example-org`;

const upNow = (the: World, signal?: AbortSignal) =>
  up(LAST, the.context(signal === undefined ? {} : { signal }));
const downNow = (the: World) => down(LAST, the.context());
const zoneOf = (the: World) => {
  const [zone] = the.api.zones;
  if (zone === undefined) throw new Error('the stand-in has no zone');
  return zone;
};
const idOf = (the: World, content: string): string => zoneOf(the).list({ content })[0]?.id ?? '';

async function until(happens: () => boolean): Promise<void> {
  for (let tries = 0; !happens(); tries += 1) {
    if (tries > 300) throw new Error('it never happened');
    await pause(50);
  }
}

/** As the ports' own, with the output caught. */
const caught =
  (sink: (text: string) => void): Foreground =>
  async (file, args, { cwd, env }) => {
    const run = await execa(file, [...args, '--non-interactive'], {
      cwd,
      env,
      extendEnv: false,
      all: true,
      reject: false,
    });
    sink(run.all);
    return run.exitCode ?? null;
  };

/** Rewrites the stack's one lock. */
async function onAnotherMachine(the: World, hostName = 'elsewhere'): Promise<void> {
  const locks = join(the.folder, '.reach4', 'state', '.pulumi', 'locks');
  const files = (await readdir(locks, { recursive: true })).filter((file) => /\.\w+$/u.test(file));
  // Nothing beside it that could be left half-written.
  expect(files).toEqual([expect.stringMatching(/\.json$/u)]);
  const file = join(locks, files[0] ?? '');
  const lock = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...lock, hostname: hostName }));
}

describe('an up that breaks off', () => {
  test('between import and update goes on with the next up', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    await the.plan({ adopt: true });
    the.api.failNext({ kind: 'forbidden', method: 'PUT' });
    expect(await upNow(the)).toBe(1);
    expect(the.printed()).toMatch(/\nreach4: up did not finish: [^\n]*Authentication error[^\n]*\n$/u);
    expect(the.records()).toEqual([OLD, SIX]);
    // Planned again or not: what was there before is still known.
    expect(await the.plan()).toBe(0);
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([NEW, SIX]);
    the.api.failNext({ kind: 'forbidden', method: 'PUT' });
    expect(await downNow(the)).toBe(1);
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual([OLD, SIX]);
  });

  test('while records are set aside forgets none of them', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, A_OTHER, { ...A_OTHER, content: '81.2.99.131' }, AAAA]);
    const before = the.records();
    await the.diagnose(wrongA(OLD4, OTHER4, '81.2.99.131'));
    expect(await the.plan({ adopt: true })).toBe(0);
    the.api.failNext({ kind: 'forbidden', method: 'DELETE', path: idOf(the, '81.2.99.131') });
    expect(await upNow(the)).toBe(1);
    expect(the.records()).toHaveLength(3);
    expect(await the.plan({ adopt: true })).toBe(0);
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([NEW, SIX]);
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual(before);
  });

  test('because it was interrupted leaves no lock', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    await the.plan({ adopt: true });
    the.api.failNext({ kind: 'server-error', method: 'PUT', count: 6 });
    const interruption = new AbortController();
    const running = upNow(the, interruption.signal);
    await until(() => the.api.requests.some(({ method }) => method === 'PUT'));
    interruption.abort();
    expect(await running).toBe(1);
    expect(the.printed()).toContain('reach4: up was interrupted; run it again');
    the.api.reset();
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([NEW, SIX]);
  });

  test('because it was killed leaves a lock, which the next one removes where it was made here', {
    timeout: LONG,
  }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    await the.plan({ adopt: true });
    the.api.failNext({ kind: 'hang', method: 'PUT' });
    const killed = new AbortController();
    const running = pulumi(
      ['up', '--yes', '--skip-preview'],
      the.context(),
      async (file, args, { cwd, env }) => {
        const run = await execa(file, args, {
          cwd,
          env,
          extendEnv: false,
          reject: false,
          cancelSignal: killed.signal,
          killSignal: 'SIGKILL',
        });
        return run.exitCode ?? null;
      },
    );
    await until(() => the.api.requests.some(({ method }) => method === 'PUT'));
    killed.abort();
    expect(await running).toBe(1);
    the.printed();
    // As if another machine had it: not to be decided from here.
    await onAnotherMachine(the);
    expect(await upNow(the)).toBe(1);
    expect(the.printed()).toContain('reach4: the stack is locked');
    await onAnotherMachine(the, hostname());
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([NEW, SIX]);
    expect(the.printed()).toMatch(
      /The stack was locked by a command that was killed \(process \d+, which is gone\); its lock is removed\.\n/u,
    );
    expect(
      await pulumi(
        ['no-such-command'],
        the.context(),
        caught(() => {}),
      ),
    ).toBe(1);
  });
});

describe('meanwhile, by hand', () => {
  test('the made record was deleted: up makes it again; down is content without it', {
    timeout: LONG,
  }, async () => {
    await using the = await world([AAAA]);
    await the.diagnose(wrongA());
    await the.plan();
    expect(await upNow(the)).toBe(0);
    zoneOf(the).delete(idOf(the, WAN4));
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([MADE, SIX]);
    zoneOf(the).delete(idOf(the, WAN4));
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual([SIX]);
  });

  test('the adopted record was deleted: planned again, made again, and the old one comes back', {
    timeout: LONG,
  }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    await the.plan({ adopt: true });
    expect(await upNow(the)).toBe(0);
    zoneOf(the).delete(idOf(the, WAN4));
    expect(await the.plan()).toBe(0);
    expect(the.printed()).toMatch(/is gone from the\s+zone; it is made again/u);
    expect(await upNow(the)).toBe(0);
    expect(the.records()).toEqual([NEW, SIX]);
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual([OLD, SIX]);
  });

  test('the old record was made again beside ours: it is the one that stays', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, AAAA]);
    await the.diagnose(wrongA(OLD4));
    await the.plan({ adopt: true });
    expect(await upNow(the)).toBe(0);
    zoneOf(the).create({ ...A_OLD, comment: 'by hand' });
    expect(await downNow(the)).toBe(0);
    expect(the.records()).toEqual([`A ${NAME} ${OLD4} 1800 dns by hand`, SIX]);
  });

  test('a record to be set aside has changed: it is left, and up says so', { timeout: LONG }, async () => {
    await using the = await world([A_OLD, A_OTHER, AAAA]);
    await the.diagnose(wrongA(OLD4, OTHER4));
    await the.plan({ adopt: true });
    zoneOf(the).patch(idOf(the, OTHER4), { content: '81.2.99.140' });
    expect(await upNow(the)).toBe(1);
    expect(the.printed()).toContain('was 81.2.99.130 when it was planned and is 81.2.99.140 now');
    expect(the.records()).toEqual([`A ${NAME} 81.2.99.140 7200 dns -`, OLD, SIX].sort());
  });
});
