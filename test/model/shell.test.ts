import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { powershellQuoted, quotedFor, shellQuoted } from '../../src/model/shell.ts';
import { readPowershellLiteral, syntaxOf } from '../support/shell-words.ts';

/** Texts that a shell would rather act on. */
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom("'", '"', '\u2018', '\u2019', '\u201a', '\u201b', '`', '$(', ';', '\\', '%', '&', '\n'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('a word for PowerShell', () => {
  test('is the word itself, read by the documented rules', () => {
    fc.assert(
      fc.property(nasty, (word) => {
        const quoted = powershellQuoted(word);
        if (quoted === word) expect(word).toMatch(/^[\w./:\\-]+$/u);
        else expect(readPowershellLiteral(quoted, 0)).toEqual({ value: word, end: quoted.length });
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['Public', 'Public'],
    ['443', '443'],
    ['192.168.77.10', '192.168.77.10'],
    ['C:\\nginx\\nginx.exe', 'C:\\nginx\\nginx.exe'],
    ['C:\\Program Files\\x.exe', "'C:\\Program Files\\x.exe'"],
    ['2001:db8::1', "'2001:db8::1'"],
    ["Bob's server", "'Bob''s server'"],
    ['a\u2019; reboot', "'a\u2019\u2019; reboot'"],
    ['10gb', "'10gb'"],
    ['a,b', "'a,b'"],
    ['@x', "'@x'"],
    ['', "''"],
  ])('%s is written %s', (word, quoted) => {
    expect(powershellQuoted(word)).toBe(quoted);
  });
});

describe('a foreign word', () => {
  test.each(['sh', 'powershell', 'cmd'] as const)('leaves no syntax of its own to %s', (shell) => {
    fc.assert(
      fc.property(nasty, (word) => {
        const quoted = quotedFor(shell, `x ${word}`);
        if (quoted !== null) expect(syntaxOf(shell, quoted)).toMatch(/^ +$/u);
      }),
      { numRuns: 1000 },
    );
  });

  test('is to sh what it was', () => {
    fc.assert(
      fc.property(
        nasty.filter((word) => !/[\0\p{Cs}]/u.test(word)),
        (word) => {
          const said = execFileSync('sh', ['-c', `printf %s ${shellQuoted(word)}`]);
          expect(said.toString()).toBe(word);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['sh', 'a\nb'],
    ['sh', '-rf'],
    ['powershell', 'a\u202eb'],
    ['powershell', '-Name'],
    ['powershell', '\ud800'],
    ['cmd', '100%'],
    ['cmd', 'a"b'],
    ['cmd', 'C:\\folder\\'],
    ['cmd', '$(x)'],
    ['cmd', ''],
  ] as const)('%s: %j is refused', (shell, word) => {
    expect(quotedFor(shell, word)).toBeNull();
  });

  test.each([
    ['sh', '/Applications/My Server.app', "'/Applications/My Server.app'"],
    ['powershell', 'My Server', "'My Server'"],
    ['cmd', 'R&D (web)', '"R&D (web)"'],
  ] as const)('%s: %j is %s', (shell, word, quoted) => {
    expect(quotedFor(shell, word)).toBe(quoted);
  });
});
