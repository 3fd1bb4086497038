import { expect, test } from 'vitest';
import { casesOf, lineOf, phasesOf, strike } from '../faults/cases.ts';
import { SUBJECTS } from '../faults/subjects.ts';
import { lives } from './life.ts';

lives('a-record-making', 'a-record-adopting');

/** ms; a life without a fault, and five commands. */
const LONG = 300_000;

test.each(['kill-provider', 'kill-engine'])(
  'a record that was just taken out comes back where the stack is given up after %s',
  { timeout: LONG },
  async (kind) => {
    await using world = await SUBJECTS['a-record-adopting'].world();
    const phases = await phasesOf(world);
    const line = `up DELETE dns_records/{id} 1, ${kind} after`;
    const one = casesOf(phases).find((each) => lineOf(each) === line);
    if (one === undefined) throw new Error(`no case ${line}`);
    expect(await strike(phases, one)).toBe('again');
  },
);
