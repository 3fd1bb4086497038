import { text } from 'node:stream/consumers';
import { UserError } from '../../model/error.ts';
import { feed } from '../../ports/node/fed.ts';
import type { ConnectorContext } from './context.ts';

/** The parts of the world that only connectors need, as the process has them. */
export const worldOf = (): Pick<ConnectorContext, 'feed' | 'platform' | 'isRoot' | 'readInput'> => ({
  feed,
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  readInput: async () => {
    if (process.stdin.isTTY) {
      throw new UserError(
        '--token-file - reads standard input, which is a terminal; expected it from a file or a pipe, so that no screen shows it.',
      );
    }
    return text(process.stdin);
  },
});
