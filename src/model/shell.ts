/** One word as a POSIX shell reads it, for commands that people paste. */
export const shellQuoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
