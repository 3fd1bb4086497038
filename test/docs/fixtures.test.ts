import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const table = readFileSync(join(ROOT, 'docs/fixtures.md'), 'utf8');
const named = [...table.matchAll(/`(test\/[\w./-]+)`/gu)].flatMap(([, path]) => path ?? []);

/** In the file itself, or where SOURCES.md beside it names it and goes on. */
function saysItsSource(path: string): boolean {
  if (/^# source: \S|^\s*"source": "/imu.test(readFileSync(join(ROOT, path), 'utf8'))) return true;
  const sources = join(ROOT, dirname(path), 'SOURCES.md');
  if (!existsSync(sources)) return false;
  const lines = readFileSync(sources, 'utf8').split('\n');
  return lines.some(
    (line) => line.startsWith('- ') && line.includes(`\`${basename(path)}\``) && /`: \S/u.test(line),
  );
}

test('docs/fixtures.md names files that are there, and each says where its form comes from', () => {
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const fixtures = named.filter((path) => /\/(?:captured|fixtures)\//u.test(path));
  expect(fixtures.filter((path) => !saysItsSource(path))).toEqual([]);
});

test('every recorded output says where its form comes from', () => {
  const all = globSync('test/probes/**/{captured,fixtures}/*.{txt,json,csv}', { cwd: ROOT });
  expect(all.length).toBeGreaterThan(40);
  expect(all.filter((path) => !saysItsSource(path))).toEqual([]);
});

test('docs/fixtures.md names every recorded output of Windows and of a Mac', () => {
  const all = globSync('test/probes/{macos,windows}/fixtures/*.{txt,csv}', { cwd: ROOT });
  expect(all.filter((path) => !named.includes(path))).toEqual([]);
});
