import { type Case, callOf, KINDS, lineOf, MOMENTS, type Outcome, PHASES, type Phase } from './cases.ts';
import type { HostKind } from './plans.ts';

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

const HOST_TITLES: Record<HostKind, string> = { lightsail: 'Lightsail', ec2: 'EC2' };

/** docs/faults.md */
export function documentOf(all: ReadonlyMap<HostKind, readonly Row[]>): string {
  const parts = [...all].map(
    ([host, rows]) => `# ${HOST_TITLES[host]}\n\n${rows.length} cases.\n\n${tables(rows)}`,
  );
  return `${HEAD}\n${parts.join('\n')}`;
}

const HEAD = `<!-- Written by \`npm run faults -- --write\`. -->

What becomes of a relay's stack when a call to AWS goes wrong: each call of a first \`up\`, of an \`up\` with a changed
configuration, and of a \`destroy\`, struck once by each fault, with the real engine and the stand-ins of the provider
and of AWS's API. A call that changes something is struck before the cloud has carried it out and after.

- **500**, **429**: AWS's own answers. **time-out**: no answer. **kill-provider**, **kill-engine**: the process gets SIGKILL.
- **went on**: the command finished all the same. **again**: it failed, and the same command run again finished. A lock
  that a killed engine leaves is taken away between, as \`reach4 up\` does by itself.
- **not struck**: the call was not made in this run, for the order of reads differs from run to run; or the cloud refused
  it, so that it had no effect to strike after (\`DisassociateAddress\`, of an association that is gone already). An empty
  cell hasn't been tried.

After each, the account has exactly what the state has, one host, and the address leads to it; and after a \`destroy\`
the account is empty.
`;
