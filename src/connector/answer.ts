/** What a script told: see `PRELUDE`. */
export interface Answer {
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Lines of a program's log. */
  readonly log: readonly string[];
  /** Why it gave up; null where it did what it was to do. */
  readonly failed: { readonly code: string; readonly detail: string } | null;
  /** Whether it spoke at all: a line of any of these kinds came. */
  readonly spoke: boolean;
}

/** One line of a script; null for what is none of its own. */
export function scriptLine(line: string): { kind: 'step' | 'fact' | 'log' | 'fail'; rest: string } | null {
  const { kind, rest = '' } = /^(?<kind>step|fact|log|fail) (?<rest>.*)$/u.exec(line)?.groups ?? {};
  return kind === 'step' || kind === 'fact' || kind === 'log' || kind === 'fail' ? { kind, rest } : null;
}

export function readAnswer(lines: readonly string[]): Answer {
  const told = lines.flatMap((line) => scriptLine(line) ?? []);
  const of = (kind: string): string[] => told.flatMap((each) => (each.kind === kind ? [each.rest] : []));
  const failed = of('fail').map(pair)[0];
  return {
    facts: of('fact').map(pair),
    log: of('log'),
    failed: failed === undefined ? null : { code: failed[0], detail: failed[1] },
    spoke: told.length > 0,
  };
}

const pair = (text: string): [string, string] => {
  const space = text.indexOf(' ');
  return space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space + 1).trim()];
};

/** The last value of a fact; null where it wasn't told, or is empty. */
export const factOf = ({ facts }: Pick<Answer, 'facts'>, name: string): string | null =>
  facts.findLast(([each]) => each === name)?.[1] || null;
