import { fixture } from '../probes/windows/machine.ts';

/** What each program says, or the exit code of one that fails; the others say nothing. */
export type Prints = Readonly<Record<string, readonly string[] | number>>;

/** What a script for Windows prints: for each of its looks those of this table, in the script's own frame. */
export function printedBy(script: string, says: Prints): string {
  const lines = [/^'(= reach4-look .*)'$/mu.exec(script)?.[1] ?? ''];
  for (const [, command = ''] of script.matchAll(/^Show-Look '([^']*)'/gmu)) {
    const said = says[command.split(' ')[0] ?? ''] ?? [];
    lines.push(`= run ${command}`);
    if (typeof said === 'number') lines.push('= 0 lines.', '! SomeError', `= exit ${said}.`);
    else lines.push(...said.map((line) => `| ${line}`), `= ${said.length} lines.`, '= exit 0.');
  }
  return [...lines, '= end.', ''].join('\r\n');
}

/** What PowerShell prints on a machine of the fixtures. */
export const READING = (name: string): string[] => fixture(name).trimEnd().split('\n');
/** What else is looked at there. */
export const SAYS = {
  date: ['2026-11-28T06:41:59Z'],
  uname: ['Windows_NT'],
  getent: ['2a0b:4341:7700::10 STREAM', '192.168.77.10 STREAM'],
  grep: ['192.168.77.10 home.example.org # by hand', '10.0.0.1 nothome.example.org'],
  curl: 28,
};
