import { expect, test } from 'vitest';
import { deadLockHolders } from '../../../src/cli/stack/stale-lock.ts';
import { isAlive } from '../../../src/ports/node/alive.ts';

const lock = (host: string, pid: number): string =>
  `  file:///home/u/x/.reach4/state/.pulumi/locks/organization/reach4/home/1f3c.json: created by some one@${host} (pid ${pid}) at 2026-11-26T19:00:00Z\n`;
const said = (...locks: string[]): string =>
  `error: the stack is currently locked by ${locks.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n${locks.join('')}`;
const here = { hostName: 'here', isAlive: (pid: number) => pid === 7 };

test.each<[string, string, number[] | null]>([
  ['a dead process of this machine', said(lock('here', 8)), [8]],
  ['told twice, as the Automation API does', said(lock('here', 8)) + said(lock('here', 8)), [8]],
  ['several dead ones', said(lock('here', 8), lock('here', 9)), [8, 9]],
  ['one that is alive', said(lock('here', 8), lock('here', 7)), null],
  ['another machine, whose processes are not known here', said(lock('there', 8)), null],
  ['a machine whose name ends like this one', said(lock('not.here', 8)), null],
  ['words without a lock', 'error: [409] Conflict: Another update is currently in progress.', null],
])('%s', (_, text, expected) => {
  expect(deadLockHolders(text, here)).toEqual(expected);
});

test('a process is alive whoever has it; an id that nobody has is not', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
  // Above what Linux gives out (proc(5), pid_max).
  expect(isAlive(2 ** 22 + 1)).toBe(false);
});
