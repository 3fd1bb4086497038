import { Command, CommanderError } from 'commander';
import { Interrupted, UserError } from '../model/error.ts';
import { plainText } from '../ports/plain-text.ts';
import { printable } from '../report/printable.ts';
import { addAgent } from './agent.ts';
import { addCollect } from './collect/command.ts';
import { addConnector } from './connector/command.ts';
import { addDiagnose } from './diagnose/command.ts';
import { addExplain } from './explain.ts';
import { writeError } from './file-error.ts';
import { addStackCommands } from './stack-commands.ts';
import { addStatus } from './status/command.ts';
import { addVerify } from './verify/command.ts';
import { packageVersion } from './version.ts';

/** The user's error; see the table in README.md. */
const EXIT_USER = 2;
/** The shell's convention for a program that SIGINT ended. */
const EXIT_INTERRUPTED = 130;
/** Characters; the longest sentence quotes a long path or URL. */
const MAX_SENTENCE = 2000;
/** A bug of ours (EX_SOFTWARE of sysexits.h). */
const EXIT_BUG = 70;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command('reach4')
    .description('Finds out why a server answers over IPv6 but not over IPv4, and makes it answer.')
    .version(packageVersion())
    .enablePositionalOptions()
    .showHelpAfterError('(see: reach4 --help)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /u, 'reach4: ')) })
    .exitOverride();
  const done = (result: number): void => {
    code = result;
  };
  addDiagnose(program, done);
  addCollect(program, done);
  addExplain(program, done);
  addStackCommands(program, done);
  addVerify(program, done);
  addStatus(program, done);
  addConnector(program, done);
  addAgent(program, done);
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError(`(see: reach4 ${command.name()} --help)`);
  }

  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error);
  }
}

/** A sentence for an error of a file that is the machine's, not the program's; null for all others. */
function machineError(error: unknown): string | null {
  const why = writeError(error);
  if (why === null || !(error instanceof Error)) return null;
  const path = 'path' in error ? ` (${String(error.path)})` : '';
  return `A file can't be written or read: ${why}${path}; nothing was half-written. Make room or change the rights, and run the command again.`;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USER;
  if (error instanceof Interrupted) return EXIT_INTERRUPTED;
  if (error instanceof UserError) {
    // What the user gave may hold control characters: one line, and none of them reaches the terminal.
    process.stderr.write(`reach4: ${plainText(error.message, MAX_SENTENCE)}\n`);
    return EXIT_USER;
  }
  const machine = machineError(error);
  if (machine !== null) {
    process.stderr.write(`reach4: ${plainText(machine, MAX_SENTENCE)}\n`);
    return EXIT_USER;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // Its text may quote what came from the network.
  process.stderr.write(`reach4: this is a bug in reach4, please report it:\n${printable(text, true)}\n`);
  return EXIT_BUG;
}
