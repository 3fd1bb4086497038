import { describe, expect, test } from 'vitest';
import { type Case, casesOf, casesOfTurn, lineOf, phasesOf, strike } from '../faults/cases.ts';
import { SUBJECTS, type SubjectName } from '../faults/subjects.ts';
import { type Row, tables, wrongs } from '../faults/table.ts';
import type { FaultWorld } from '../faults/world.ts';

/** ms: each command of the engine takes two to eight seconds on two busy cores. */
const LONG = 900_000;

/**
 * Tests of a remedy without a machine, by the literal `pulumi` alone: its whole life, and what becomes of it when a call
 * that changes something goes wrong. Every call with every fault takes hours (`npm run faults`, kept in docs/faults);
 * here each is struck by one of them: the same in every run, so that a red run is a change's doing. TURN=N, 0 to 9,
 * strikes with others.
 */
export function lives(...names: readonly SubjectName[]): void {
  describe.each(names)('%s', (name) => {
    test('previewed, up, up again, refreshed, meddled with, changed, destroyed', {
      timeout: LONG,
    }, async () => {
      await using world = await SUBJECTS[name].world();
      const { succeeds, writes } = witness(world);
      const before = world.left();
      expect(before).toEqual([]);

      await world.configure('up');
      await succeeds('preview');
      expect(writes()).toEqual([]);
      await succeeds('up', ...NOW);
      expect(await world.unsound('up')).toBeNull();
      // What is known only afterwards, such as that a certificate was issued, is in the state from the next look on.
      await succeeds('refresh', ...NOW);
      world.reset();
      await succeeds('up', ...NOW, '--expect-no-changes');
      await succeeds('refresh', ...NOW, '--expect-no-changes');
      expect(writes()).toEqual([]);

      world.meddle?.();
      expect(await world.unsound('up')).not.toBeNull();
      await succeeds('up', ...NOW);
      expect(await world.unsound('up')).toBeNull();

      await world.configure('change');
      expect(await world.unsound('change')).not.toBeNull();
      await succeeds('up', ...NOW);
      expect(await world.unsound('change')).toBeNull();

      await succeeds('destroy', ...NOW);
      expect(world.left()).toEqual([]);
    });

    test('each call that changes something is struck, and the same command again finishes', {
      timeout: LONG,
    }, async () => {
      await using world = await SUBJECTS[name].world();
      const phases = await phasesOf(world);
      const turn = Number(process.env.TURN ?? 0);
      const changes = ({ phase, nth }: Case) => phases.calls[phase][nth - 1]?.writes === true;
      const cases = casesOfTurn(phases, turn).filter(changes);
      expect(new Set(cases.map(({ phase }) => phase)).size).toBe(3);
      const rows: Row[] = [];
      for (const one of cases) rows.push({ case: one, outcome: await strike(phases, one) });
      console.log(`${name}, TURN=${turn}\n${tables(rows)}`);
      expect(wrongs(rows)).toEqual([]);
      expect(rows.filter(({ outcome }) => outcome === 'not struck')).toEqual([]);
    });
  });
}

/**
 * What a turn may not meet: one call of a first `up` is struck, by the death of whoever makes it or of the engine, after
 * the cloud has carried it out, and the stack is given up then.
 * @param call as `callOf` tells it: `DELETE dns_records/{id} 1`
 */
export function isGivenUp(name: SubjectName, call: string): void {
  test.each(['kill-provider', 'kill-engine'])(
    `${name} is given up after ${call} and %s`,
    {
      timeout: LONG,
    },
    async (kind) => {
      await using world = await SUBJECTS[name].world();
      const phases = await phasesOf(world);
      const line = `up ${call}, ${kind} after`;
      const one = casesOf(phases).find((each) => lineOf(each) === line);
      if (one === undefined) throw new Error(`there is no case ${line}`);
      expect(await strike(phases, one)).toBe('again');
    },
  );
}

const NOW = ['--yes', '--skip-preview'];

function witness(world: FaultWorld) {
  return {
    succeeds: async (...args: string[]): Promise<void> => {
      const { end } = await world.start(...args);
      const { exitCode, output } = await end;
      expect(exitCode, `${args.join(' ')}: ${output}`).toBe(0);
    },
    writes: () => world.calls().flatMap(({ action, writes }) => (writes ? [action] : [])),
  };
}
