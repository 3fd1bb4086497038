/** `npm run bench [-- diagnosis|relay …]`: what is measured, in the folder of its name; without a word, all of it. */
import { UserError } from '../src/model/error.ts';
import { benchDiagnosis } from './diagnosis/run.ts';
import { benchRelay } from './relay/run.ts';

const BENCHES: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  diagnosis: benchDiagnosis,
  relay: benchRelay,
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined) {
    const codes: number[] = [];
    for (const bench of Object.values(BENCHES)) codes.push(await bench([]));
    return Math.max(...codes);
  }
  const bench = BENCHES[name];
  if (bench === undefined) {
    throw new UserError(`There is no bench "${name}"; expected ${Object.keys(BENCHES).join(' or ')}.`);
  }
  return bench(args);
}
