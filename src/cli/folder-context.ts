import { nodePorts } from '../ports/node/node-ports.ts';
import { privateFiles } from '../ports/node/private-file.ts';
import { standardIo } from './io.ts';
import type { StackContext } from './stack/context.ts';

/** The world as the process has it. An interruption is passed on by the commands that start the engine. */
export function folderContext(): StackContext {
  return {
    ports: nodePorts(),
    privateFiles,
    io: standardIo(),
    folder: process.cwd(),
    env: process.env,
    signal: new AbortController().signal,
  };
}
