import { CAUSE_CODES, type CauseCode } from '../../src/model/cause-code.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { type Expected, letterOf } from './expect.ts';
import type { Found } from './sets.ts';

const LETTERS = { confirmed: 'C', suspected: 'S', 'ruled-out': 'R', unknown: 'U' } as const;
type Letter = (typeof LETTERS)[keyof typeof LETTERS];

/** The verdict on a cause, as a letter. */
export function foundLetter({ verdicts }: Diagnosis, code: CauseCode): Letter {
  const verdict = verdicts.find(({ cause }) => cause === code);
  if (verdict === undefined) throw new Error(`The diagnosis has no verdict on ${code}.`);
  return LETTERS[verdict.verdict];
}

/** The verdicts in the shape in which a world's author expects them. */
export const rowOf = (diagnosis: Diagnosis): string =>
  CAUSE_CODES.map((code) => foundLetter(diagnosis, code)).join(' ');

/** Conditions in that shape. */
const conditionsOf = ({ conditions }: Diagnosis): string[] =>
  conditions.map(({ condition, verdict }) => (verdict === 'confirmed' ? condition : `${condition}?`)).sort();

/** What differs from what the author expects, a line each. */
export function differences(expected: Expected, { diagnosis, exitCode }: Found): string[] {
  const row = rowOf(diagnosis);
  const differing = CAUSE_CODES.filter(
    (code) =>
      letterOf(expected.verdicts, code) !== '*' &&
      letterOf(expected.verdicts, code) !== foundLetter(diagnosis, code),
  );
  const { ipv4, ipv6 } = diagnosis.reachable;
  const rest = [
    ...differs('ipv4', expected.ipv4, ipv4),
    ...differs('ipv6', expected.ipv6, ipv6),
    ...differs('exit', String(expected.exit), String(exitCode)),
    ...(expected.conditions === '*'
      ? []
      : differs(
          'conditions',
          [...expected.conditions].sort().join(', '),
          conditionsOf(diagnosis).join(', '),
        )),
  ];
  if (differing.length === 0) return rest;
  return [
    `expected ${expected.verdicts}`,
    `found    ${row}`,
    ...differing.map((code) => why(diagnosis, code)),
    ...rest,
  ];
}

const differs = (what: string, expected: string, found: string): string[] =>
  expected === '*' || expected === found
    ? []
    : [`${what}: expected ${expected || 'none'}, found ${found || 'none'}`];

/** The findings behind a verdict, in one line. */
function why({ verdicts }: Diagnosis, code: CauseCode): string {
  const verdict = verdicts.find(({ cause }) => cause === code);
  const because = verdict?.because.map((finding) => `${finding.code} ${JSON.stringify(finding.args)}`) ?? [];
  const next = verdict?.next == null ? '' : ` → ${verdict.next.code}`;
  return `  ${code} ${verdict?.verdict}: ${because.join('; ')}${next}`;
}

/** Claims that the world contradicts: a `confirmed` that isn't so, a `ruled-out` that is. */
export function falsehoods(truth: readonly CauseCode[], diagnosis: Diagnosis): string[] {
  return CAUSE_CODES.flatMap((code) => {
    const letter = foundLetter(diagnosis, code);
    const holds = truth.includes(code);
    const isFalse = (letter === 'C' && !holds) || (letter === 'R' && holds);
    return isFalse ? [`FALSE: ${why(diagnosis, code).trim()}`] : [];
  });
}

/** Evidence that verdicts and conditions quote and that isn't there. */
export function missingEvidence({ conditions, evidence, verdicts }: Diagnosis): string[] {
  const ids = new Set(evidence.map(({ id }) => id));
  const quoted = [...verdicts, ...conditions].flatMap((each) => each.evidence);
  const missing = [...new Set(quoted)].filter((id) => !ids.has(id));
  const doubled = ids.size === evidence.length ? [] : ['two pieces of evidence have the same id'];
  return [...missing.map((id) => `quotes ${id}, which isn't there`), ...doubled];
}
