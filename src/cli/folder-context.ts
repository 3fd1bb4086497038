import { nodePorts } from '../ports/node/node-ports.ts';
import { privateFiles } from '../ports/node/private-file.ts';
import { standardIo } from './io.ts';
import type { Option, StackContext } from './stack/context.ts';

/** The world as the process has it. An interruption is passed on by the commands that start the engine. */
export function folderContext(): StackContext {
  const io = standardIo();
  return {
    ports: nodePorts(),
    privateFiles,
    io,
    folder: process.cwd(),
    env: process.env,
    signal: new AbortController().signal,
    ...(io.isTTY && process.stdin.isTTY ? { ask, choose } : {}),
  };
}

async function ask(question: string): Promise<boolean> {
  // Loaded when there is something to ask.
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  return !isCancel(answer) && answer;
}

async function choose(question: string, options: readonly Option[]): Promise<string | null> {
  const { isCancel, select } = await import('@clack/prompts');
  const answer = await select({ message: question, options: [...options], output: process.stderr });
  return isCancel(answer) ? null : answer;
}
