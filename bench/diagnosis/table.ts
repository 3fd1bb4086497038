import type { World } from '../../test/lab/world.ts';
import { median } from '../median.ts';
import type { DiagnosisRun } from './reach4.ts';
import type { Stored } from './stored.ts';
import type { Timed } from './timed.ts';

/** Everything measured in a world. */
export interface Measured {
  readonly world: World;
  readonly starts: readonly { readonly reach4: Timed; readonly node: Timed }[];
  readonly diagnoses: readonly DiagnosisRun[];
  /** The checks by hand; none where none were stored. */
  readonly byHand: Stored | undefined;
  readonly stored: boolean;
  /** Of the last minute when it began; above the number of processors, wall times are those of a busy machine. */
  readonly load: number;
  readonly processors: number;
}

/** A dead path costs one probe's time-out (4 s) and a second, a healthy one a second; both beside the process start. */
const TARGET_SECONDS = { dead: 5, works: 1 } as const;
/** In a dead world, of the time of the checks by hand. */
const TARGET_RATIO = 30;

/** All worlds, each with its targets. */
export const table = (all: readonly Measured[]): string => all.map(one).join('\n\n');

/**
 * What must never be missed, on a busy machine either: the right diagnosis, and the ratio. A line each. The seconds are told, and
 * miss nothing: they are the machine's as much as ours.
 */
export function misses(measured: Measured): string[] {
  const { byHand, diagnoses } = measured;
  const ratio = byHand === undefined ? null : byHand.seconds / wall(diagnoses);
  return [
    ...new Set(diagnoses.flatMap(({ mistakes }) => mistakes)),
    ...(isDead(measured) && ratio !== null && ratio < TARGET_RATIO
      ? [`the checks by hand take ${ratio.toFixed(0)} times as long, not ${TARGET_RATIO}`]
      : []),
  ];
}

function one(measured: Measured): string {
  const { byHand, diagnoses, load, processors, starts, stored, world } = measured;
  const reach4 = starts.map((each) => each.reach4);
  const node = starts.map((each) => each.node);
  const beside = wall(diagnoses) - wall(reach4);
  const target = TARGET_SECONDS[isDead(measured) ? 'dead' : 'works'];
  const rows: [string, string, string][] = [
    ['', 'wall', 'processor'],
    ['node -e 0', shown(wall(node)), shown(processor(node))],
    ['reach4 --version', shown(wall(reach4)), shown(processor(reach4))],
    ['reach4 diagnose', shown(wall(diagnoses)), shown(processor(diagnoses))],
    ['  all probes', shown(median(diagnoses.map(({ probing }) => probing))), ''],
    ['  beside the process start', shown(beside), ''],
  ];
  if (byHand !== undefined) {
    rows.push(
      [`the checks by hand, ${byHand.steps.length} commands`, shown(byHand.seconds), ''],
      ['  times the diagnosis', (byHand.seconds / wall(diagnoses)).toFixed(1), ''],
    );
  }
  return [
    `${world.name}: medians of ${diagnoses.length}; load ${load.toFixed(1)} on ${processors} processors`,
    ...aligned(rows),
    `  target: at most ${target} s beside the process start: ${beside <= target ? 'met' : 'missed'}`,
    ...(byHand !== undefined && stored
      ? [
          `  the checks by hand are of ${byHand.date}, at load ${byHand.load} on ${byHand.processors} processors`,
        ]
      : []),
    ...(byHand === undefined ? ['  no time of the checks by hand is stored: run it with --store'] : []),
    ...misses(measured).map((line) => `  MISSED: ${line}`),
  ].join('\n');
}

function aligned(rows: readonly [string, string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, first, second]) =>
    `  ${name.padEnd(width)}  ${first.padStart(8)}  ${second.padStart(9)}`.trimEnd(),
  );
}

const isDead = ({ world }: Measured): boolean => world.expect.rootAgent.ipv4 !== 'yes';
const wall = (runs: readonly Timed[]): number => median(runs.map(({ seconds }) => seconds));
const processor = (runs: readonly Timed[]): number => median(runs.map(({ cpuSeconds }) => cpuSeconds));
const shown = (seconds: number): string => `${seconds.toFixed(2)} s`;
