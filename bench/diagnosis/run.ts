/**
 * `npm run bench -- diagnosis [--short] [--store] [WORLD…]`: how long a full diagnosis takes, beside the same checks done by hand.
 * `--short` takes the time of the checks by hand from bench/diagnosis/checklist.json, which `--store` writes.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs, styleText } from 'node:util';
import { UserError } from '../../src/model/error.ts';
import { whyNotBuilt } from '../../test/lab/commands.ts';
import { startWorld } from '../../test/lab/lab.ts';
import { startAgent } from '../../test/lab/sets.ts';
import type { World } from '../../test/lab/world.ts';
import { WORLDS } from '../../test/lab/worlds/index.ts';
import { checklist, type Step } from './checklist.ts';
import { type DiagnosisRun, diagnose, start } from './reach4.ts';
import { asStored, type Stored, store, storedChecklists } from './stored.ts';
import { type Measured, misses, table } from './table.ts';

/** A dead line and a healthy one. */
const CUSTOMARY = ['cgnat-shared-wan', 'healthy'];
/** How often a diagnosis is timed. */
const TIMES = 3;

/** @returns the exit code */
export async function benchDiagnosis(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { short: { type: 'boolean', default: false }, store: { type: 'boolean', default: false } },
  });
  const { short } = values;
  const worlds = (positionals.length === 0 ? CUSTOMARY : positionals).map(worldOf);
  const notBuilt = whyNotBuilt();
  if (notBuilt !== undefined) throw new UserError(notBuilt);
  if (short && values.store) throw new UserError('--short measures no checklist that --store could keep.');

  const measured: Measured[] = [];
  for (const world of worlds) {
    const found = await measure(world, short);
    measured.push(found);
    if (values.store && found.byHand !== undefined) await store(world.name, found.byHand);
  }
  console.log(`\n${table(measured)}`);
  return measured.some((one) => misses(one).length > 0) ? 1 : 0;
}

function worldOf(name: string): World {
  const world = WORLDS.get(name);
  if (world === undefined) throw new UserError(`There is no world "${name}": \`npm run lab\` lists them.`);
  return world;
}

/** One after another: nothing else of this runs beside what is timed. */
async function measure(world: World, short: boolean): Promise<Measured> {
  await using lab = await startWorld(world);
  console.log(`${styleText('bold', world.name)}: ${world.about}`);
  const agent = await startAgent(lab);
  // The first start reads the files into memory.
  await start(lab);
  const load = loadavg()[0] ?? 0;
  const starts: Measured['starts'][number][] = [];
  const diagnoses: DiagnosisRun[] = [];
  for (let time = 1; time <= TIMES; time += 1) {
    starts.push(await start(lab));
    const run = await diagnose(lab, agent);
    diagnoses.push(run);
    console.log(
      `${seconds(run.seconds)}  reach4 diagnose; the probes end after ${run.probing.toFixed(1)} s, ${run.last} last`,
    );
  }
  const byHand = short ? (await storedChecklists())[world.name] : await manually(lab);
  return { world, starts, diagnoses, byHand, load, processors: availableParallelism(), stored: short };
}

async function manually(lab: Parameters<typeof checklist>[0]): Promise<Stored> {
  const load = loadavg()[0] ?? 0;
  const tell = ({ command, exitCode, host, ...step }: Step): void =>
    console.log(
      `${seconds(step.seconds)}  ${host}: ${command}${exitCode === 0 ? '' : ` (exit ${exitCode})`}`,
    );
  return asStored(await checklist(lab, tell), load, availableParallelism());
}

function seconds(time: number): string {
  return `${time.toFixed(1).padStart(7)} s`;
}
