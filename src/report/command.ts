import type { Diagnosis } from '../model/diagnosis.ts';
import { type Shell, shellQuoted } from '../model/shell.ts';
import { asTyped, MAX_WIDTH, type Page, paint } from './page.ts';

/** Continued lines stand this much further in. */
const HANGING = 4;

/** How a shell is told that a line goes on, which quotes there are, and what takes the meaning of the next character. */
const SYNTAX: Readonly<Record<Shell, { goesOn: string; quotes: string; lifts: string; verbatim: string }>> = {
  sh: { goesOn: '\\', quotes: `'"`, lifts: '\\', verbatim: "'" },
  powershell: { goesOn: '`', quotes: `'"`, lifts: '`', verbatim: "'" },
  cmd: { goesOn: '^', quotes: '"', lifts: '^', verbatim: '"' },
};

/**
 * A command as it can be copied: broken only where its shell allows it, with that shell's sign at the end of the line.
 * Words longer than the line stay whole, and so does what a line break would change (comments, several lines).
 */
export function commandLines(page: Page, command: string, indent: number, shell: Shell = 'sh'): string[] {
  const room = Math.min(page.width, MAX_WIDTH);
  return asTyped(page, command)
    .split('\n')
    .flatMap((line) => continued(line, room, indent, shell, command.includes('\n')))
    .map((line) => (line === '' ? '' : paint(page, 'cyan', line)));
}

function continued(line: string, room: number, indent: number, shell: Shell, isPart: boolean): string[] {
  const words = isPart ? [line] : withValues(shellWords(line, shell), room - indent - HANGING);
  const lines: string[] = [];
  let current = `${' '.repeat(indent)}${words[0] ?? ''}`;
  for (const [index, word] of words.slice(1).entries()) {
    // The last word needs no room for the sign.
    const reserve = index === words.length - 2 ? 0 : 2;
    if (current.length + 1 + word.length + reserve <= room) current += ` ${word}`;
    else {
      lines.push(`${current} ${SYNTAX[shell].goesOn}`);
      current = `${' '.repeat(indent + HANGING)}${word}`;
    }
  }
  return [...lines, current];
}

/** Options together with their values, where both fit into a line. @param room columns of a continued line */
function withValues(words: readonly string[], room: number): string[] {
  const together: string[] = [];
  for (const [index, word] of words.entries()) {
    const option = together.at(-1) ?? '';
    const isValue = /^-{1,2}\w[\w-]*$/u.test(words[index - 1] ?? '') && /^[^-|&;<>]/u.test(word);
    if (isValue && `${option} ${word} \\`.length <= room) together.splice(-1, 1, `${option} ${word}`);
    else together.push(word);
  }
  return together;
}

/** Words of a command line with their quotes, split where a single space stands outside quotes. */
function shellWords(line: string, shell: Shell): string[] {
  const { quotes, lifts, verbatim } = SYNTAX[shell];
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote === '' && char === ' ') {
      words.push(word);
      word = '';
      continue;
    }
    word += char;
    if (char === lifts && quote !== verbatim) {
      at += 1;
      word += line[at] ?? '';
    } else if (quote === '') quote = quotes.includes(char) ? char : '';
    else if (char === quote) quote = '';
  }
  words.push(word);
  // A comment, an open quote or an empty word would not survive a line break.
  return quote !== '' || words.some((each) => each === '' || each.startsWith('#')) ? [line] : words;
}

/** The same diagnosis once more, from the same places. */
export const diagnoseAgain = (
  { flags = '' }: Pick<Page, 'flags'>,
  { target, notes }: Pick<Diagnosis, 'target' | 'notes'>,
): string =>
  // A stand-in is nothing that can be looked at: whoever types it puts in the real target.
  `reach4 diagnose ${notes.some(({ code }) => code === 'redacted') ? 'TARGET' : shellQuoted(target.input)}${flags}`;
