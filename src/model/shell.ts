import { z } from 'zod';
import type { System } from './facts/host.ts';

/** What reads a command: a POSIX shell, Windows PowerShell 5.1 and its successors, or cmd.exe. */
export const shellSchema = z.enum(['sh', 'powershell', 'cmd']);
export type Shell = z.infer<typeof shellSchema>;

/** The shell in which commands for a system are written, where nothing asks for another. */
export const shellOf = (system: System): Shell => (system === 'windows' ? 'powershell' : 'sh');

/** One word as a POSIX shell reads it, for commands that people paste. */
export const shellQuoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** Words that PowerShell takes as they are: no operator, number with a suffix, variable or list begins in them. */
const PLAIN_IN_POWERSHELL = /^(?:[a-z][\w./:\\-]*|\d{1,9}|\d{1,3}(?:\.\d{1,3}){3})$/iu;

/**
 * One word as PowerShell reads it. Within single quotes only they themselves are special, and are written twice; the
 * typographic ones count as such (about_Quoting_Rules; U+2018 to U+201B in PowerShell's CharTraits).
 */
export const powershellQuoted = (word: string): string =>
  PLAIN_IN_POWERSHELL.test(word) ? word : `'${word.replaceAll(/['\u2018-\u201b]/gu, '$&$&')}'`;

/** What acts within double quotes in cmd.exe, or in PowerShell, where people may paste it as well. */
const ACTIVE_IN_DOUBLE_QUOTES = /["%!^$`\u2018-\u201f]/u;

/** Control characters, those that hide or turn text around, and halves of one: nobody sees what would be pasted. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * A word that came from elsewhere, quoted for a shell; null where that can't be done safely: then it stays out of commands.
 * cmd.exe has no way to write `%` or `"` that always holds, and a backslash before the last quote would belong to it
 * (Microsoft Learn, "Parsing C command-line arguments").
 */
export function quotedFor(shell: Shell, word: string): string | null {
  if (word === '' || word.startsWith('-') || UNSEEN.test(word)) return null;
  switch (shell) {
    case 'sh':
      return shellQuoted(word);
    case 'powershell':
      return powershellQuoted(word);
    case 'cmd':
      return ACTIVE_IN_DOUBLE_QUOTES.test(word) || word.endsWith('\\') ? null : `"${word}"`;
  }
}
