import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellQuoted } from '../../src/model/shell.ts';
import { commandLines } from '../../src/report/command.ts';
import { PLAIN } from './diagnoses.ts';

describe('a command over several lines', () => {
  test('keeps each option with its value', () => {
    const command =
      'sudo reach4 diagnose https://home.example.org --whoami https://one.example.net/ipv4 --outside http://vps.example.net:4460';
    expect(commandLines(PLAIN, command, 6)).toEqual([
      '      sudo reach4 diagnose https://home.example.org \\',
      '          --whoami https://one.example.net/ipv4 \\',
      '          --outside http://vps.example.net:4460',
    ]);
  });

  test('takes them apart where no line has room for both', () => {
    const lines = commandLines({ ...PLAIN, width: 40 }, `curl --connect-to ${'x'.repeat(30)} URL`, 2);
    expect(lines).toEqual(['  curl --connect-to \\', `      ${'x'.repeat(30)} URL`]);
  });

  test.each([
    ['powershell', 'New-NetFirewallRule -DisplayName', "'a b'", '`'],
    ['cmd', 'netsh advfirewall firewall add rule', '"a b"', '^'],
  ] as const)("is broken by %s's own sign, and never in its quotes", (shell, command, word, sign) => {
    const lines = commandLines({ ...PLAIN, width: 40 }, `${command} ${word} ${word} ${word}`, 2, shell);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
    expect(lines.slice(0, -1).every((line) => line.endsWith(` ${sign}`))).toBe(true);
    const whole = lines.map((line) => line.trim().replace(/ [`^]$/u, '')).join(' ');
    expect(whole).toBe(`${command} ${word} ${word} ${word}`);
    for (const line of lines) expect(line.split(word[0] ?? '').length % 2).toBe(1);
  });

  test('a backslash is no sign to Windows: a path may end a word', () => {
    const path = 'C:\\Users\\';
    const lines = commandLines(
      { ...PLAIN, width: 40 },
      `type ${path} ${path} ${path} ${path}`,
      2,
      'powershell',
    );
    expect(lines.map((line) => line.trim().replace(/ `$/u, '')).join(' ')).toBe(
      `type ${path} ${path} ${path} ${path}`,
    );
    expect(lines[0]?.endsWith(' `')).toBe(true);
  });

  test('is the same to the shell as in one', () => {
    const word = fc.oneof(
      fc.constantFrom('-v', '--from', '--a-b', '-', '--', '-1'),
      fc.stringMatching(/^[ -~]{0,40}$/u).map(shellQuoted),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 20, max: 80 }), (words, width) => {
        const lines = commandLines({ ...PLAIN, width }, `printf '<%s>' x ${words.join(' ')}`, 4);
        const whole = execFileSync('sh', ['-c', `printf '<%s>' x ${words.join(' ')}`]);
        expect(execFileSync('sh', ['-c', lines.join('\n')]).equals(whole)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
