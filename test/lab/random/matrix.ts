import { CAUSE_CODES } from '../../../src/model/cause-code.ts';
import { foundLetter } from '../judged.ts';
import type { Outcome } from './run.ts';

const LETTERS = ['C', 'S', 'U', 'R'] as const;
const NAMES = { C: 'confirmed', S: 'suspected', U: 'unknown', R: 'ruled-out' } as const;

/** What was true against what was said, for each cause, over all sets of evidence; and how much was told that can be. */
export function matrix(outcomes: readonly Outcome[]): string {
  const width = Math.max(...CAUSE_CODES.map((code) => code.length));
  const head = `${'cause'.padEnd(width)}  holds  ${LETTERS.map((letter) => NAMES[letter].padStart(9)).join('  ')}`;
  const rows = CAUSE_CODES.flatMap((code) =>
    [true, false].map((holds) => {
      const said = outcomes
        .filter(({ drawn }) => drawn.truth.includes(code) === holds)
        .flatMap(({ judged }) => judged.map(({ found }) => foundLetter(found.diagnosis, code)));
      const counts = LETTERS.map((letter) =>
        String(said.filter((each) => each === letter).length).padStart(9),
      );
      return `${(holds ? code : '').padEnd(width)}  ${holds ? 'yes  ' : 'no   '}  ${counts.join('  ')}`;
    }),
  );
  const { confirmed, of } = told(outcomes);
  const sets = outcomes.reduce((sum, { judged }) => sum + judged.length, 0);
  return [
    `${outcomes.length} worlds, ${sets} diagnoses`,
    head,
    ...rows,
    `with root and an agent outside: ${confirmed} of ${of} causes that can be told are confirmed`,
  ].join('\n');
}

/** Of the causes that root with an agent outside can tell, how many were confirmed. */
export function told(outcomes: readonly Outcome[]): { confirmed: number; of: number } {
  const asRoot = outcomes.filter(({ judged }) => judged.some(({ set }) => set === 'rootAgent'));
  const of = asRoot.reduce((sum, { drawn }) => sum + drawn.tellable.length, 0);
  return { confirmed: of - asRoot.reduce((sum, { missed }) => sum + missed.length, 0), of };
}
