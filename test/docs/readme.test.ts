import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { withExample } from '../../docs/readme.ts';
import { addDiagnose } from '../../src/cli/diagnose/command.ts';
import { PUBLIC_STUN, PUBLIC_WHOAMI } from '../../src/cli/diagnose/options.ts';

const ROOT = new URL('../../', import.meta.url);
const readme = await readFile(new URL('README.md', ROOT), 'utf8');

test('README.md shows a diagnosis as it is (else: npm run docs)', () => {
  expect(readme).toBe(withExample(readme));
});

test('README.md has every flag of diagnose in its table, and no other', () => {
  const program = new Command();
  addDiagnose(program, () => {});
  const flags = program.commands.flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
  const told = [...readme.matchAll(/^\| `(--[a-z0-9-]+)/gmu)].map(([, flag]) => flag);
  expect(flags.length).toBeGreaterThan(0);
  expect([...told].sort()).toEqual([...flags].sort());
});

test('README.md names the services that may see the address', () => {
  const hosts = [
    ...PUBLIC_WHOAMI.map((url) => new URL(url).host),
    ...PUBLIC_STUN.map((each) => each.split(':')[0]),
  ];
  const row = readme.split('\n').find((line) => line.startsWith('| `--public-services`')) ?? '';
  expect(hosts.filter((host) => host === undefined || !row.includes(host))).toEqual([]);
});

test('README.md links to files that are there', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/gu)].map(([, path = '']) => path);
  expect(links).toEqual(expect.arrayContaining(['docs/causes.md', 'docs/remedies.md']));
  expect(links.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});
