import { type ChildProcess, spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** How one run of a Pulumi program ended. */
export interface ProgramEnd {
  /** What the engine reports; empty if all is well. */
  error: string;
  /** The program has already told the user; the engine should say no more. */
  bail: boolean;
}

export interface ProgramStart {
  /** The folder that the program's own `node_modules` are looked up from. */
  programDirectory: string;
  /** Arguments of Node itself. */
  nodeArguments: string[];
  /** Arguments of `@pulumi/pulumi/cmd/run`. */
  runArguments: string[];
  environment: Record<string, string>;
}

/** Exit code of `cmd/run` for "logged already" (`nodeJSProcessExitedAfterLoggingUserActionableMessage`). */
const LOGGED_ALREADY = 32;

/** The programs that this language host started. */
export class Programs {
  readonly #running = new Set<ChildProcess>();

  run(start: ProgramStart): Promise<ProgramEnd> {
    // Node's own search, from the real folder upwards: right for a checkout, an installed package and a linked one.
    const require = createRequire(join(realpathSync(start.programDirectory), 'program.js'));
    const runner = require.resolve('@pulumi/pulumi/cmd/run');
    // A bare `node`, looked up on PATH now: the program must run where the user's would.
    const child = spawn('node', [...start.nodeArguments, runner, ...start.runArguments], {
      // The engine shows what it reads from our own output.
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...start.environment },
    });
    this.#running.add(child);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.#running.delete(child);
        resolve(programEnd(code, signal));
      });
    });
  }

  stop(): void {
    for (const child of this.#running) {
      child.kill('SIGTERM');
    }
  }
}

function programEnd(code: number | null, signal: NodeJS.Signals | null): ProgramEnd {
  if (code === 0) {
    return { error: '', bail: false };
  }
  if (code === LOGGED_ALREADY) {
    return { error: '', bail: true };
  }
  const how = code === null ? `signal: ${signal}` : `non-zero exit code: ${code}`;
  return { error: `Program exited with ${how}`, bail: false };
}
