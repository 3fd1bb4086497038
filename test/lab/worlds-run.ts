/** `npm run worlds -- [--count N] [--seed S] [--at-once N]`: random worlds, and what reach4 says of them. */
import { parseArgs } from 'node:util';
import { UserError } from '../../src/model/error.ts';
import { whyNotBuilt } from './commands.ts';
import { matrix } from './random/matrix.ts';
import { report, runRandom } from './random/run.ts';

/** Worlds; about once in five minutes. */
const TOLD_EVERY = 50;

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'at-once': { type: 'string', default: '5' },
    },
  });
  const [count, seed, atOnce] = [
    number('count', values.count),
    number('seed', values.seed),
    number('at-once', values['at-once']),
  ];
  const notBuilt = whyNotBuilt();
  if (notBuilt !== undefined) throw new UserError(notBuilt);
  const seeds = Array.from({ length: count }, (_, index) => seed + index);
  console.log(`${count} worlds from seed ${seed} on`);
  let ended = 0;
  const outcomes = await runRandom(seeds, atOnce, (outcome) => {
    ended += 1;
    if (count === 1 || outcome.mistakes.length > 0 || outcome.missed.length > 0)
      console.log(`\n${report(outcome)}`);
    if (ended % TOLD_EVERY === 0) console.log(`\n${ended} of ${count} judged`);
  });
  console.log(`\n${matrix(outcomes)}`);
  return outcomes.some(({ mistakes }) => mistakes.length > 0) ? 1 : 0;
}

function number(name: string, text: string): number {
  if (!/^\d{1,9}$/u.test(text)) throw new UserError(`--${name} takes a number: "${text}" isn't one.`);
  return Number(text);
}
