import { median } from '../median.ts';
import type { Figures } from './measure.ts';

/** One round: every way measured once, one after another, so that a slower minute of the machine meets all of them. */
export type Round = ReadonlyMap<string, Figures>;

export const DIRECT = 'direct IPv6';
export const OURS = 'reach4';

/** Ours may fall behind the best other relay by this much of the figure: what two runs of one relay differ by. */
const WITHIN = 0.03;
/** Of direct IPv6. */
const TARGET = 0.85;

const FIGURES = [
  { key: 'throughput', title: 'throughput', moreIsBetter: true, target: TARGET },
  { key: 'connections', title: 'new connections', moreIsBetter: true, target: TARGET },
  { key: 'p99', title: 'p99 latency', moreIsBetter: false, target: null },
] as const;
type Figure = (typeof FIGURES)[number];

/** Of direct IPv6 in the same round. */
const ratios = (rounds: readonly Round[], name: string, { key }: Figure): number[] =>
  rounds.map((round) => {
    const [own, direct] = [round.get(name), round.get(DIRECT)];
    if (own === undefined || direct === undefined) throw new Error(`${name} was not measured.`);
    return own[key] / direct[key];
  });

const ratio = (rounds: readonly Round[], name: string, figure: Figure): number =>
  median(ratios(rounds, name, figure));

/** The median, with the least and the most of all rounds: whether two relays differ at all is to be seen. */
function cell(rounds: readonly Round[], name: string, figure: Figure): string {
  const all = ratios(rounds, name, figure);
  const [least, most] = [Math.min(...all), Math.max(...all)].map((value) => value.toFixed(2));
  const middle = median(all).toFixed(2);
  return name === DIRECT ? middle : `${middle} (${least} to ${most})`;
}

/** Absolute figures of direct IPv6, and everything else as ratios to it. */
export function table(rounds: readonly Round[]): string {
  const names = [...(rounds[0]?.keys() ?? [])];
  const rows = names.map((name) => [name, ...FIGURES.map((figure) => cell(rounds, name, figure))]);
  const all = [['of direct IPv6', ...FIGURES.map(({ title }) => title)], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const direct = rounds.flatMap((round) => round.get(DIRECT) ?? []);
  const mebibytes = median(direct.map(({ throughput }) => throughput)) / 2 ** 20;
  const connections = median(direct.map((figures) => figures.connections));
  const milliseconds = median(direct.map(({ p99 }) => p99)) * 1000;
  return [
    ...lines,
    `direct IPv6: ${mebibytes.toFixed(0)} MiB/s, ${connections.toFixed(0)} new connections a second, p99 ${milliseconds.toFixed(2)} ms`,
  ].join('\n');
}

/** What falls short of the targets, a line each. */
export function misses(rounds: readonly Round[]): string[] {
  const peers = [...(rounds[0]?.keys() ?? [])].filter((name) => name !== DIRECT && name !== OURS);
  return FIGURES.flatMap((figure) => {
    const own = ratio(rounds, OURS, figure);
    const others = peers.map((name) => ({ name, value: ratio(rounds, name, figure) }));
    const [best] = others.toSorted((one, other) =>
      figure.moreIsBetter ? other.value - one.value : one.value - other.value,
    );
    const isBehind =
      best !== undefined &&
      (figure.moreIsBetter ? own < best.value * (1 - WITHIN) : own > best.value * (1 + WITHIN));
    return [
      ...(isBehind
        ? [`${figure.title}: ${best.name} is better, ${best.value.toFixed(2)} beside ${own.toFixed(2)}`]
        : []),
      ...(figure.target !== null && own < figure.target
        ? [`${figure.title}: ${own.toFixed(2)} of direct IPv6, not ${figure.target}`]
        : []),
    ];
  });
}
