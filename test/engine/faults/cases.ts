import type { LoggedCall } from '../aws/api/calls.ts';
import { changed } from './plans.ts';
import type { FaultWorld, Saved, Victims } from './world.ts';

/** What goes wrong with a call; `kill-…` ends a process with it. */
export const KINDS = ['500', '429', 'time-out', 'kill-provider', 'kill-engine'] as const;
type Kind = (typeof KINDS)[number];
export const MOMENTS = ['before', 'after'] as const;
type Moment = (typeof MOMENTS)[number];

/** The commands whose calls are struck, each with what it begins with. */
export const PHASES = ['up', 'change', 'destroy'] as const;
export type Phase = (typeof PHASES)[number];

export interface Case {
  phase: Phase;
  /** Where the undisturbed command makes the call, among all calls of the phase, from 1. */
  nth: number;
  /** `lightsail:AttachStaticIp` */
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
  calls: Record<Phase, LoggedCall[]>;
}

/** `up CreateInstances 1, 500 after`: what a case is, whatever the order of the calls. */
export const lineOf = (one: Case): string => `${one.phase} ${callOf(one)}, ${one.kind} ${one.moment}`;

/** `CreateInstances 1` */
export const callOf = ({ action, occurrence }: Pick<Case, 'action' | 'occurrence'>): string =>
  `${action.replace(/^.*:/u, '')} ${occurrence}`;

/** The plan that a phase's command works on. */
const configure = (world: FaultWorld, phase: Phase): Promise<void> =>
  world.configure(phase === 'up' ? world.plan.settings : changed(world.plan));

const commandOf = (phase: Phase): string => (phase === 'destroy' ? 'destroy' : 'up');

/** Runs each phase once without a fault, to know its calls. */
export async function phasesOf(world: FaultWorld): Promise<Phases> {
  const empty = await world.save('empty');
  const begins: Partial<Record<Phase, Saved>> = { up: empty };
  const calls: Partial<Record<Phase, LoggedCall[]>> = {};
  for (const phase of PHASES) {
    await configure(world, phase);
    world.aws.reset();
    const run = await world.run(commandOf(phase));
    if (run.exitCode !== 0) throw new Error(`${phase} without a fault failed:\n${run.output}`);
    calls[phase] = [...world.aws.calls.log];
    if (phase === 'up') begins.change = await world.save('change');
    // What is destroyed has been through a change.
    if (phase === 'change') begins.destroy = await world.save('destroy');
  }
  const left = world.aws.exists();
  if (left.length > 0) throw new Error(`destroy without a fault left ${JSON.stringify(left)}`);
  return {
    world,
    begins: begins as Record<Phase, Saved>,
    calls: calls as Record<Phase, LoggedCall[]>,
  };
}

/** Every call with every fault; a read is the same before and after. */
export function casesOf({ calls }: Phases): Case[] {
  return PHASES.flatMap((phase) =>
    calls[phase].flatMap(({ ordinal, action, write }) =>
      KINDS.flatMap((kind) =>
        (write === null ? (['before'] as const) : MOMENTS).map((moment) => ({
          phase,
          nth: ordinal,
          action,
          occurrence: calls[phase].filter((one) => one.action === action && one.ordinal <= ordinal).length,
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

const isWrite = ({ calls }: Phases, { phase, nth }: Case): boolean =>
  calls[phase].some(({ ordinal, write }) => ordinal === nth && write !== null);

/** Strikes one call, runs the same command again, and looks whether everything is as it must be. */
export async function strike(phases: Phases, one: Case): Promise<Outcome> {
  const { world, begins } = phases;
  await world.load(begins[one.phase]);
  await configure(world, one.phase);
  const command = commandOf(one.phase);
  const running = await world.start(command, '--yes', '--skip-preview');
  arm(world, one, running.victims);
  const first = await running.end;
  const struck = world.aws.calls.log.some(({ fault }) => fault !== undefined);
  world.aws.reset();
  let last = first;
  if (first.exitCode !== 0) {
    last = await world.run(command);
    if (/currently locked/u.test(last.output)) {
      await world.unlock();
      last = await world.run(command);
    }
  }
  if (last.exitCode !== 0) return { wrong: `${command} again failed: ${last.output.slice(-2_000)}` };
  const wrong = one.phase === 'destroy' ? emptiness(world) : await soundness(world);
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

function arm(
  world: FaultWorld,
  { action, occurrence, kind, moment }: Case,
  { engine, provider }: Victims,
): void {
  const faults = {
    '500': { kind: 'server-error' },
    '429': { kind: 'throttle' },
    'time-out': { kind: 'hang' },
    'kill-provider': { kind: 'kill', pid: provider },
    'kill-engine': { kind: 'kill', pid: engine },
  } as const;
  world.aws.fail({ ...faults[kind], action, nth: occurrence, at: moment, among: 'all' });
}

const emptiness = (world: FaultWorld): string | null => {
  const left = world.aws.exists();
  return left.length === 0 ? null : `left behind: ${left.map(({ type, id }) => `${type} ${id}`).join(', ')}`;
};

/** Types of the state whose ids are those of things that are there by themselves. */
const THINGS =
  /^aws:(?:lightsail\/(?:instance:|staticIp:)|ec2\/(?:vpc|internetGateway|subnet|routeTable|securityGroup|instance|eip):|cloudwatch\/)/u;

/** The state has all that is there, and nothing else; there is one host, and the address leads to it. */
async function soundness(world: FaultWorld): Promise<string | null> {
  // A disk comes and goes with its host.
  const there = world.aws.exists().filter(({ type }) => type !== 'volume');
  const ids = there.map(({ id }) => id).sort();
  const recorded = (await world.resources())
    .flatMap(({ type, id = '' }) => (THINGS.test(type) ? [id] : []))
    .sort();
  if (ids.join() !== recorded.join()) {
    return `there is ${ids.join(', ')}; the state has ${recorded.join(', ')}`;
  }
  const hosts = there.filter(({ type }) => type === 'instance').map(({ id }) => id);
  const served = world.served();
  return hosts.length === 1 && served.join() === hosts.join()
    ? null
    : `hosts: ${hosts.join(', ')}; the address leads to ${served.join(', ') || 'none'}`;
}
