import { CAUSE_CODES, type CauseCode } from '../../../src/model/cause-code.ts';
import type { EvidenceSet } from '../expect.ts';
import { follow, unsettled } from '../follow.ts';
import { differences, falsehoods, foundLetter, missingEvidence, rowOf } from '../judged.ts';
import { type RunningWorld, startWorld } from '../lab.ts';
import { diagnose, type Found, type LabAgent, startAgent } from '../sets.ts';
import { type RandomWorld, randomWorld } from './world.ts';

/** What one diagnosis of a random world said. */
interface Judged {
  readonly set: EvidenceSet;
  readonly found: Found;
}

/** What came of one random world. */
export interface Outcome {
  readonly drawn: RandomWorld;
  readonly judged: readonly Judged[];
  /** What must not be, a line each. */
  readonly mistakes: readonly string[];
  /** Causes that can be told with root and an agent, and weren't confirmed. */
  readonly missed: readonly CauseCode[];
}

/** How one world is run again. */
const rerun = (seed: number): string => `npm run worlds -- --count 1 --seed ${seed}`;

/** Builds and judges the worlds of these seeds, some at a time; `done` hears of each as it ends. */
export async function runRandom(
  seeds: readonly number[],
  atOnce: number,
  done: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const left = [...seeds];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const outcome = await runOne(randomWorld(seed));
      outcomes.push(outcome);
      done(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return outcomes.sort((one, other) => one.drawn.seed - other.drawn.seed);
}

async function runOne(drawn: RandomWorld): Promise<Outcome> {
  try {
    await using lab = await startWorld(drawn.world);
    return await judgeAll(drawn, lab, await startAgent(lab));
  } catch (error) {
    const text = error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error);
    return { drawn, judged: [], mistakes: [`could not be judged: ${text}`], missed: [] };
  }
}

async function judgeAll(drawn: RandomWorld, lab: RunningWorld, agent: LabAgent): Promise<Outcome> {
  const judged: Judged[] = [];
  const mistakes: string[] = [];
  const missed: CauseCode[] = [];
  // One after another: the witness on the server would see what the other set sends.
  for (const set of drawn.sets) {
    const found = await diagnose(lab, agent, set);
    judged.push({ set, found });
    const wrong = [...falsehoods(drawn.truth, found.diagnosis), ...missingEvidence(found.diagnosis)];
    mistakes.push(...wrong.map((line) => `${set}: ${line}`));
    if (set !== 'rootAgent') continue;
    missed.push(...drawn.tellable.filter((code) => foundLetter(found.diagnosis, code) !== 'C'));
    mistakes.push(...unsaid(drawn, found));
    const followed = await follow(lab, agent, found);
    const last = followed.last.diagnosis;
    const after = [...unsettled(found.diagnosis, followed), ...falsehoods(drawn.truth, last)];
    mistakes.push(...after.map((line) => `${set}, next: ${line}`));
  }
  return { drawn, judged, mistakes, missed };
}

/** Causes that hold and of which nothing is said: neither confirmed nor suspected, nor hidden behind one that is. */
function unsaid({ truth }: RandomWorld, { diagnosis }: Found): string[] {
  const said = [...diagnosis.verdicts, ...diagnosis.conditions];
  const confirmed = said.some(({ verdict }) => verdict === 'confirmed');
  // Hairpin shows only once the service works from outside: whatever keeps it from that hides it.
  const suspected = said.some(({ verdict }) => verdict === 'suspected');
  const isHidden = (code: CauseCode) => confirmed || (suspected && code === 'hairpin');
  return truth
    .filter((code) => foundLetter(diagnosis, code) === 'U' && !isHidden(code))
    .map((code) => `rootAgent: nothing is said of ${code}: ${rowOf(diagnosis)}`);
}

/** What a person needs to understand a world that went wrong, and to run it again. */
export function report({ drawn, judged, mistakes, missed }: Outcome): string {
  return [
    `${drawn.world.name}: ${JSON.stringify(drawn.parts)}`,
    `  truth: ${drawn.truth.join(', ') || 'none'}; can be told: ${drawn.tellable.join(', ') || 'none'}`,
    ...judged.map(({ found, set }) => `  ${set}: ${rowOf(found.diagnosis)}`),
    ...mistakes.map((line) => `  ${line}`),
    ...missed.map((code) => `  not confirmed: ${explain(judged, code)}`),
    `  again: ${rerun(drawn.seed)}`,
  ].join('\n');
}

function explain(judged: readonly Judged[], code: CauseCode): string {
  const found = judged.find(({ set }) => set === 'rootAgent')?.found;
  if (found === undefined) return code;
  const wanted = CAUSE_CODES.map((each) => (each === code ? 'C' : '*')).join(' ');
  const expected = { verdicts: wanted, ipv4: '*', ipv6: '*', exit: '*', conditions: '*' } as const;
  return differences(expected, found).slice(2).join(' ').trim();
}
