import { execa } from 'execa';

/**
 * Runs a program on this process's own terminal, until it ends.
 * @returns its exit code; null where it was ended by a signal or couldn't be started
 */
export async function foreground(
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<number | null> {
  const { exitCode } = await execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    // The environment is given whole: a stray variable of this process must not come along.
    extendEnv: false,
    stdio: 'inherit',
    reject: false,
    cancelSignal: options.signal,
    // Ends in order: the engine saves its state when it is interrupted.
    killSignal: 'SIGINT',
    forceKillAfterDelay: false,
  });
  return exitCode ?? null;
}

export type Foreground = typeof foreground;
