/**
 * A relay's stack when a call to AWS goes wrong. Every call with every fault takes more than an hour (`npm run faults`,
 * kept in docs/faults); here each call is struck by one of them: the same in every run, so that a red run is a
 * change's doing. TURN=N, 0 to 9, strikes with others.
 */
import { expect, test } from 'vitest';
import { casesOfTurn, lineOf, phasesOf, strike } from './faults/cases.ts';
import { relayFaultWorld } from './faults/relay.ts';
import { type Row, tables, wrongs } from './faults/table.ts';

/** ms: about thirty cases of eight to fifteen seconds on two busy cores. */
const LONG = 900_000;

test('each call is struck, and the same command run again finishes, with nothing left behind', {
  timeout: LONG,
}, async () => {
  await using world = await relayFaultWorld('lightsail');
  const phases = await phasesOf(world);
  const turn = Number(process.env.TURN ?? 0);
  const cases = casesOfTurn(phases, turn);
  // All that changes something, and each kind of read.
  expect(cases.filter(({ action }) => !action.includes(':Get')).map(lineOf)).toHaveLength(12);
  const rows: Row[] = [];
  for (const one of cases) rows.push({ case: one, outcome: await strike(phases, one) });
  console.log(`TURN=${turn}\n${tables(rows)}`);
  expect(wrongs(rows)).toEqual([]);
  expect(rows.filter(({ outcome }) => outcome === 'again').length).toBeGreaterThan(12);
});
