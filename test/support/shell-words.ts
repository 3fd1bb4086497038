import type { Shell } from '../../src/model/shell.ts';

/** What each shell takes for a single quote, as Microsoft's about_Quoting_Rules and PowerShell's CharTraits say. */
const POWERSHELL_QUOTES = /['\u2018-\u201b]/u;

/**
 * A single-quoted literal of PowerShell as it is read: a quote ends it, two in a row are the second of them.
 * @returns what it means and how long it is; null where it isn't closed
 */
export function readPowershellLiteral(line: string, start: number): { value: string; end: number } | null {
  let value = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (!POWERSHELL_QUOTES.test(char)) {
      value += char;
      continue;
    }
    if (!POWERSHELL_QUOTES.test(line[at + 1] ?? '')) return { value, end: at + 1 };
    at += 1;
    value += line[at] ?? '';
  }
  return null;
}

/** What a shell reads as syntax: the line without the texts in quotes in which nothing is special. */
export function syntaxOf(shell: Shell, line: string): string {
  if (shell === 'cmd') return line.replaceAll(/"[^"]*"/gu, ' ');
  if (shell === 'sh') return line.replaceAll(/\\.|'[^']*'/gsu, ' ');
  let rest = '';
  for (let at = 0; at < line.length; ) {
    const char = line[at] ?? '';
    const literal = POWERSHELL_QUOTES.test(char) ? readPowershellLiteral(line, at) : null;
    rest += literal === null ? char : ' ';
    at = literal?.end ?? at + 1;
  }
  return rest;
}
