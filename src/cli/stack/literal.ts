import { engineEnvironment } from './automation.ts';
import { openSetting, type StackContext } from './context.ts';
import { passOnInterrupts } from './interrupt.ts';

/**
 * Runs a program on this terminal: its input and output are the user's. Ends it with SIGINT when the signal aborts.
 * @returns its exit code; null where a signal ended it
 */
export type Foreground = (
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
) => Promise<number | null>;

const EXIT_NOT_ACHIEVED = 1;

/**
 * Runs the literal `pulumi` on this terminal, in the project's folder, with the state, the passphrase and the Node
 * that the stacks need.
 * @returns 0 where it was content, else 1. @throws UserError where there is no plan or no engine
 */
export async function pulumi(
  args: readonly string[],
  context: StackContext,
  foreground: Foreground,
): Promise<number> {
  const setting = await openSetting(context);
  const interruption = passOnInterrupts();
  try {
    const code = await foreground(setting.engine.command, args, {
      cwd: setting.folder,
      env: engineEnvironment(setting),
      signal: AbortSignal.any([context.signal, interruption.signal]),
    });
    return code === 0 ? 0 : EXIT_NOT_ACHIEVED;
  } finally {
    interruption.stop();
  }
}
