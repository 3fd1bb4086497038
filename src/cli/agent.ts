import type { Command } from 'commander';
import { DEFAULT_LISTEN, parseListen, startAgent } from '../agent/server.ts';
import { howToCopy, loadToken } from '../agent/token.ts';
import { nodeHttpListener } from '../ports/node/http-server.ts';
import { nodePorts } from '../ports/node/node-ports.ts';
import { privateFiles } from '../ports/node/private-file.ts';

interface Flags {
  listen: string;
  tokenFile?: string;
}

export function addAgent(program: Command, done: (code: number) => void): void {
  program
    .command('agent')
    .description('look at servers from here, for `reach4 diagnose --outside` elsewhere')
    .option('--listen <address:port>', 'where to listen', DEFAULT_LISTEN)
    .option('--token-file <file>', 'the shared token (default: REACH4_AGENT_TOKEN, or a file that is made)')
    .action(async ({ listen, tokenFile }: Flags) => {
      // Before a token is made for nothing.
      parseListen(listen);
      const { token, file, created } = await loadToken(
        { file: tokenFile ?? null, env: process.env, createIfMissing: true },
        privateFiles,
      );
      if (created && file !== null) {
        process.stdout.write(`A new token is in ${file}.\n${howToCopy(file)}\n`);
      }
      const log = (line: string): void => void process.stdout.write(`${line}\n`);
      const server = await startAgent({ listen, token, ports: nodePorts(), listener: nodeHttpListener, log });
      process.stdout.write(`reach4 agent listens on port ${server.port} (${listen}); end it with Ctrl-C.\n`);
      await ended();
      await server.close();
      done(0);
    });
}

/** Until the user or the system asks to stop. */
const ended = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
