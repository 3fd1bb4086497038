import { type Case, callOf, lineOf, type Outcome } from './cases.ts';
import { SUBJECTS, type SubjectName } from './subjects.ts';
import { KINDS, MOMENTS, PHASES, type Phase } from './world.ts';

export interface Row {
  case: Case;
  outcome: Outcome;
}

const TITLES: Record<Phase, string> = {
  up: 'A first `up`',
  change: 'An `up` with a changed configuration',
  destroy: '`destroy`',
};

/** Of one cell: the same for all moments, or each by its own. */
function cell(rows: readonly Row[]): string {
  const texts = rows
    .map(({ case: { moment }, outcome }) => ({
      moment,
      text: typeof outcome === 'string' ? outcome : '**wrong**',
    }))
    // Rows stand in the order in which they were tried.
    .toSorted((one, other) => MOMENTS.indexOf(one.moment) - MOMENTS.indexOf(other.moment));
  const all = new Set(texts.map(({ text }) => text));
  if (all.size <= 1) return [...all][0] ?? '';
  return texts.map(({ moment, text }) => `${moment}: ${text}`).join('; ');
}

/** Markdown: a table a command, a line a call, a column a fault. */
export function tables(rows: readonly Row[]): string {
  return PHASES.flatMap((phase) => {
    const here = rows.filter((row) => row.case.phase === phase);
    // In the order of the first run that made them.
    const inOrder = [...here].sort((one, other) => one.case.nth - other.case.nth);
    const calls = [...new Set(inOrder.map((row) => callOf(row.case)))];
    if (calls.length === 0) return [];
    const lines = calls.map((call) => {
      const ofCall = here.filter((row) => callOf(row.case) === call);
      const cells = KINDS.map((kind) => cell(ofCall.filter((row) => row.case.kind === kind)));
      return `| ${call} | ${cells.join(' | ')} |`;
    });
    return [
      `## ${TITLES[phase]}`,
      '',
      `| call | ${KINDS.join(' | ')} |`,
      `| --- | ${KINDS.map(() => '---').join(' | ')} |`,
      ...lines,
      '',
    ];
  }).join('\n');
}

/** One line for each that ended wrongly. */
export const wrongs = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ case: one, outcome }) =>
    typeof outcome === 'string' ? [] : [`${lineOf(one)}: ${outcome.wrong}`],
  );

/** Cases of a call that has others, and which nobody has tried. */
export function missing(rows: readonly Row[]): string[] {
  const done = new Set(rows.map((row) => lineOf(row.case)));
  const all = rows.flatMap(({ case: one }) => {
    // A read is struck before only.
    const isWrite = rows.some(
      ({ case: other }) =>
        other.moment === 'after' && other.phase === one.phase && callOf(other) === callOf(one),
    );
    const moments = isWrite ? MOMENTS : (['before'] as const);
    return KINDS.flatMap((kind) => moments.map((moment) => lineOf({ ...one, kind, moment })));
  });
  return [...new Set(all)].filter((line) => !done.has(line));
}

/** docs/faults/SUBJECT.md */
export const documentOf = (subject: SubjectName, rows: readonly Row[]): string =>
  `${WRITTEN}\n# ${SUBJECTS[subject].title}\n\n${rows.length} cases; what the words mean: [README](README.md).\n\n${tables(rows)}`;

const WRITTEN = '<!-- Written by `npm run faults -- --write`. -->\n';
