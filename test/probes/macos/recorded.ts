import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkInterfaceAddress, Ports } from '../../../src/ports/ports.ts';
import { fakePorts } from '../fake-ports.ts';

const FOLDER = join(import.meta.dirname, 'fixtures');

export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the tools of a Mac print: commands that aren't in it are not installed. */
export interface Mac {
  readonly isRoot: boolean;
  readonly interfaces: readonly NetworkInterfaceAddress[];
  readonly commands: ReadonlyMap<string, Printed>;
  readonly files: ReadonlyMap<string, string>;
}

export const fixtures: readonly string[] = readdirSync(FOLDER)
  .map((file) => file.replace(/\.txt$/u, ''))
  .sort();

/**
 * A fixture: lines `# source: …` that say where each form comes from, then `=== interfaces`, `=== $ command [exit code]`
 * with what it prints on standard output and, behind `--- stderr`, on standard error, and `=== file path`.
 * @param renamed what stands there for something else in a test's own words
 */
export function mac(name: string, renamed: readonly (readonly [string, string])[] = []): Mac {
  const text = readFileSync(join(FOLDER, `${name}.txt`), 'utf8');
  const told = renamed.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const [head = '', ...parts] = told.split(/^=== /mu);
  const commands = new Map<string, Printed>();
  const files = new Map<string, string>();
  let interfaces: NetworkInterfaceAddress[] = [];
  for (const part of parts) {
    const title = part.slice(0, part.indexOf('\n'));
    const body = part.slice(part.indexOf('\n') + 1);
    const [, command, exitCode] = /^\$ (.*) \[(\d+)\]$/u.exec(title) ?? [];
    if (command !== undefined) {
      const [stdout = '', stderr = ''] = body.split('--- stderr\n');
      commands.set(command, { exitCode: Number(exitCode), stdout, stderr });
    } else if (title.startsWith('file ')) files.set(title.slice('file '.length), body);
    else if (title === 'interfaces') {
      interfaces = body
        .trimEnd()
        .split('\n')
        .map((line) => {
          const [, name = '', address = '', length = ''] = /^(\S+) (\S+)\/(\d+)$/u.exec(line) ?? [];
          return { interface: name, address, prefixLength: Number(length) };
        });
    } else throw new Error(`${name}: ${title}`);
  }
  return { isRoot: /^# root: yes$/mu.test(head), interfaces, commands, files };
}

/** That machine; `change` may alter what a command prints. */
export function portsOf(of: Mac, change: (printed: Printed, command: string) => Printed = (it) => it): Ports {
  return fakePorts({
    exec: {
      run: async (file, args) => {
        const command = [file, ...args].join(' ');
        const printed = of.commands.get(command);
        return printed === undefined ? null : change(printed, command);
      },
    },
    files: { read: async (path) => of.files.get(path) ?? null },
    host: { platform: 'darwin', isRoot: of.isRoot, interfaces: () => [...of.interfaces] },
  });
}
