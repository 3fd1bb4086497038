import { expect, test } from 'vitest';
import { matrix, told } from './random/matrix.ts';
import { report, runRandom } from './random/run.ts';
import { randomWorld } from './random/world.ts';

const COUNT = 60;
/** The same worlds in every run, so that a red run is a change's doing. SEED=N looks at others. */
const SEED = Number(process.env.SEED ?? 20_261_123);
/** As many as two cores build and judge without time-outs of their own. */
const AT_ONCE = 5;
/** Of the causes that can be told, the share that has to be confirmed. */
const ENOUGH = 0.95;
/** ms; about five seconds a world. */
const TIMEOUT = 900_000;

const seeds = (count: number) => Array.from({ length: count }, (_, index) => SEED + index);

test(`${COUNT} random worlds: nothing false is said, and what can be told is`, {
  timeout: TIMEOUT,
}, async () => {
  const outcomes = await runRandom(seeds(COUNT), AT_ONCE, () => undefined);
  console.log(matrix(outcomes));
  const wrong = outcomes.filter(({ mistakes }) => mistakes.length > 0).map(report);
  expect(wrong.join('\n\n')).toBe('');
  const { confirmed, of } = told(outcomes);
  const missed = outcomes.filter((outcome) => outcome.missed.length > 0).map(report);
  expect(confirmed / of, missed.join('\n\n')).toBeGreaterThanOrEqual(ENOUGH);
});

test('a seed is a world, and the worlds cover every cause and every part', () => {
  expect(randomWorld(SEED)).toEqual(randomWorld(SEED));
  const drawn = seeds(1000).map(randomWorld);
  const held = new Set(drawn.flatMap(({ truth }) => truth));
  // Whether it is the provider or the router that drops, a person has to read on the router's page.
  const told = new Set(drawn.flatMap(({ tellable }) => tellable));
  expect([...held].filter((code) => !told.has(code))).toEqual(['isp-block']);
  expect(held.size).toBe(7);
  expect(drawn.some(({ truth }) => truth.length === 0)).toBe(true);
  expect(drawn.some(({ truth }) => truth.length >= 3)).toBe(true);
  for (const { tellable, truth } of drawn) expect(truth).toEqual(expect.arrayContaining([...tellable]));
  const variants = new Set(drawn.flatMap(({ parts }) => Object.entries(parts).map((part) => part.join(' '))));
  expect(variants.size).toBe(VARIANTS);
});

/** Every value of every part. */
const VARIANTS = 7 + 5 + 4 + 6 + 2 + 2 + 3 + 2 + 3 + 3 + 3 + 4 + 5 + 7 + 3 + 2;
