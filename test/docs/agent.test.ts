import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as limits from '../../src/agent/limits.ts';
import { CHALLENGE_PATH, LOOK_PATH, PROTOCOL } from '../../src/agent/protocol.ts';

const text = await readFile(new URL('../../docs/decisions/0003-agent.md', import.meta.url), 'utf8');

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1000, KiB: 1024 };

/** Rows such as `| Longest look | 10 s | \`LOOK_MS\` |`. */
const told = new Map(
  [...text.matchAll(/\| (\d+) ?(\w*) +\| `([A-Z_]+)` +\|$/gmu)].map(([, value, unit = '', name = '']) => [
    name,
    Number(value) * (UNITS[unit] ?? Number.NaN),
  ]),
);

test('docs/decisions/0003-agent.md tells the limits of the agent as they are', () => {
  const real = new Map<string, unknown>(Object.entries(limits));
  expect([...told].filter(([name, value]) => real.get(name) !== value)).toEqual([]);
});

test('it tells of every limit of a look, and of how often', () => {
  const named = Object.keys(limits).filter((name) => /_PER_|_AT_ONCE$|^MAX_/u.test(name));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !told.has(name))).toEqual([]);
});

test('it tells the protocol that is spoken', () => {
  expect(text).toContain(`Protocol ${PROTOCOL};`);
  for (const path of [CHALLENGE_PATH, LOOK_PATH]) expect(text).toContain(`POST ${path}`);
});
