import { type Case, KINDS, type Outcome, PHASES, type Phase } from './cases.ts';

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
  const texts = rows.map(({ case: { moment }, outcome }) => ({
    moment,
    text: typeof outcome === 'string' ? outcome : '**wrong**',
  }));
  const all = new Set(texts.map(({ text }) => text));
  if (all.size <= 1) return [...all][0] ?? '';
  return texts.map(({ moment, text }) => `${moment}: ${text}`).join('; ');
}

/** Markdown: a table a command, a line a call, a column a fault. */
export function tables(rows: readonly Row[]): string {
  return PHASES.flatMap((phase) => {
    const here = rows.filter((row) => row.case.phase === phase);
    const calls = [...new Set(here.map((row) => row.case.nth))].sort((one, other) => one - other);
    if (calls.length === 0) return [];
    const lines = calls.map((nth) => {
      const ofCall = here.filter((row) => row.case.nth === nth);
      const cells = KINDS.map((kind) => cell(ofCall.filter((row) => row.case.kind === kind)));
      return `| ${nth} | ${ofCall[0]?.case.action} | ${cells.join(' | ')} |`;
    });
    return [
      `## ${TITLES[phase]}`,
      '',
      `| | call | ${KINDS.join(' | ')} |`,
      `| --: | --- | ${KINDS.map(() => '---').join(' | ')} |`,
      ...lines,
      '',
    ];
  }).join('\n');
}

/** One line for each that ended wrongly. */
export const wrongs = (rows: readonly Row[]): string[] =>
  rows.flatMap(({ case: { phase, nth, action, kind, moment }, outcome }) =>
    typeof outcome === 'string' ? [] : [`${phase} ${nth} ${action}, ${kind} ${moment}: ${outcome.wrong}`],
  );
