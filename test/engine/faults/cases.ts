import type { FaultCall, FaultWorld, Kind, Moment, Phase, Run, Saved } from './world.ts';
import { KINDS, MOMENTS, PHASES } from './world.ts';

export interface Case {
  phase: Phase;
  /** Where the undisturbed command makes the call, among all calls of the phase, from 1. */
  nth: number;
  /** `lightsail:AttachStaticIp`, `PUT /zones/{id}/dns_records/{id}` */
  action: string;
  /** Which of the calls of this action, from 1: the order of different reads is not always the same. */
  occurrence: number;
  kind: Kind;
  moment: Moment;
}

/** How it ended: the command went on as if nothing had been; the same command again finished; it wasn't struck; or what is wrong. */
export type Outcome = 'went on' | 'again' | 'not struck' | { wrong: string };

export interface Phases {
  world: FaultWorld;
  /** What each phase begins with. */
  begins: Record<Phase, Saved>;
  /** The calls that each makes, undisturbed. */
  calls: Record<Phase, readonly FaultCall[]>;
}

/** `up CreateInstances 1, 500 after`: what a case is, whatever the order of the calls. */
export const lineOf = (one: Case): string => `${one.phase} ${callOf(one)}, ${one.kind} ${one.moment}`;

/** `CreateInstances 1`, `PUT dns_records/{id} 1` */
export const callOf = ({ action, occurrence }: Pick<Case, 'action' | 'occurrence'>): string =>
  `${action.replace(/^\w+:|\/(?:zones|accounts)\/\{id\}\/|\/(?=user|zones|memberships)/u, '')} ${occurrence}`;

const commandOf = (phase: Phase): string => (phase === 'destroy' ? 'destroy' : 'up');

/** Runs each phase once without a fault, to know its calls. */
export async function phasesOf(world: FaultWorld): Promise<Phases> {
  const empty = await world.save('empty');
  const begins: Partial<Record<Phase, Saved>> = { up: empty };
  const calls: Partial<Record<Phase, readonly FaultCall[]>> = {};
  for (const phase of PHASES) {
    await world.configure(phase);
    world.reset();
    const run = await world.run(commandOf(phase));
    if (run.exitCode !== 0) throw new Error(`${phase} without a fault failed:\n${run.output}`);
    calls[phase] = [...world.calls()];
    const unsound = phase === 'destroy' ? null : await world.unsound(phase);
    if (unsound !== null) throw new Error(`${phase} without a fault: ${unsound}`);
    if (phase === 'up') begins.change = await world.save('change');
    // What is destroyed has been through a change.
    if (phase === 'change') begins.destroy = await world.save('destroy');
  }
  const left = world.left();
  if (left.length > 0) throw new Error(`destroy without a fault left ${JSON.stringify(left)}`);
  return {
    world,
    begins: begins as Record<Phase, Saved>,
    calls: calls as Record<Phase, readonly FaultCall[]>,
  };
}

/** Every call with every fault; a read is the same before and after. */
export function casesOf({ calls }: Phases): Case[] {
  return PHASES.flatMap((phase) =>
    calls[phase].flatMap(({ action, writes }, index) =>
      KINDS.flatMap((kind) =>
        (writes ? MOMENTS : (['before'] as const)).map((moment) => ({
          phase,
          nth: index + 1,
          action,
          occurrence: calls[phase].slice(0, index + 1).filter((one) => one.action === action).length,
          kind,
          moment,
        })),
      ),
    ),
  );
}

/** Calls that change something, then the first read of each kind, the second, and so on: what is broken off has seen the most. */
export function variedFirst(phases: Phases, cases: readonly Case[]): Case[] {
  const rank = (one: Case): number => (isWrite(phases, one) ? 0 : one.occurrence);
  return cases.toSorted((one, other) => rank(one) - rank(other));
}

/** Each call that changes something, and each kind of read, with one fault: another one in each of ten turns. */
export function casesOfTurn(phases: Phases, turn: number): Case[] {
  const all = casesOf(phases);
  const calls = all.filter(
    (one, index) =>
      all.findIndex((other) => other.phase === one.phase && sameCall(phases, other, one)) === index,
  );
  return calls.flatMap((call, index) => {
    const some = all.filter(({ phase, nth }) => phase === call.phase && nth === call.nth);
    return some[(index + turn) % some.length] ?? [];
  });
}

/** Reads of a kind are one; each write is one of its own. */
const sameCall = (phases: Phases, one: Case, other: Case): boolean =>
  isWrite(phases, one) ? one.nth === other.nth : one.action === other.action;

const isWrite = ({ calls }: Phases, { phase, nth }: Case): boolean => calls[phase][nth - 1]?.writes === true;

/** Strikes one call, runs the same command again, and looks whether everything is as it must be. */
export async function strike(phases: Phases, one: Case): Promise<Outcome> {
  const { world, begins } = phases;
  await begins[one.phase]();
  await world.configure(one.phase);
  const command = commandOf(one.phase);
  const running = await world.start(command, '--yes', '--skip-preview');
  const { kind, moment, action, occurrence } = one;
  world.fail({ kind, moment, action, occurrence, victims: running.victims });
  const first = await running.end;
  if (first.hung) return { wrong: `${command} comes to no end: ${first.output.slice(-2_000)}` };
  const struck = world.calls().some((call) => call.struck);
  world.reset();
  let last = first;
  if (first.exitCode !== 0) {
    if (one.phase !== 'destroy' && isWrite(phases, one)) {
      const given = await givenUp(world);
      if (given !== null) return { wrong: given };
    }
    last = await whenUnlocked(world, command);
  }
  if (last.exitCode !== 0) return { wrong: `${command} again failed: ${last.output.slice(-2_000)}` };
  const wrong = one.phase === 'destroy' ? emptiness(world) : await world.unsound(one.phase);
  if (wrong !== null) return { wrong };
  // What a read that failed could have left behind has been looked at by now.
  if (one.phase !== 'destroy' && isWrite(phases, one)) {
    const down = await world.run('destroy');
    if (down.exitCode !== 0) return { wrong: `destroy afterwards failed: ${down.output.slice(-2_000)}` };
    const left = emptiness(world);
    if (left !== null) return { wrong: `after destroy: ${left}` };
  }
  if (!struck) return 'not struck';
  return first.exitCode === 0 ? 'went on' : 'again';
}

/** Who gives up after what went wrong, and takes the stack down, gets everything back; then all is as if they hadn't. */
async function givenUp(world: FaultWorld): Promise<string | null> {
  const back = await world.save('given-up');
  const down = await whenUnlocked(world, 'destroy');
  if (down.exitCode !== 0) return `destroy straight away failed: ${down.output.slice(-2_000)}`;
  const left = emptiness(world);
  if (left !== null) return `after a destroy straight away: ${left}`;
  await back();
  return null;
}

async function whenUnlocked(world: FaultWorld, command: string): Promise<Run> {
  const run = await world.run(command);
  if (!/currently locked/u.test(run.output)) return run;
  await world.unlock();
  return await world.run(command);
}

function emptiness(world: FaultWorld): string | null {
  const left = world.left();
  return left.length === 0 ? null : `left behind: ${left.join(', ')}`;
}
