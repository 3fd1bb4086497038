import type { Foreground } from '../../ports/node/foreground.ts';
import { engineEnvironment } from './automation.ts';
import { openSetting, type StackContext } from './context.ts';
import { passOnInterrupts } from './interrupt.ts';

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
