import type { Feed } from '../../ports/node/fed.ts';
import type { StackContext } from '../stack/context.ts';

/** What the commands on connectors are given. */
export interface ConnectorContext extends StackContext {
  readonly feed: Feed;
  readonly platform: NodeJS.Platform;
  /** Whether this process is root's. */
  readonly isRoot: boolean;
  /** All of standard input, for `--token-file -`. */
  readonly readInput: () => Promise<string>;
}

export const EXIT_DONE = 0;
export const EXIT_NOT_ACHIEVED = 1;
