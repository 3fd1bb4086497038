import type { ConnectorContext } from '../../../src/cli/connector/context.ts';
import type { Fed } from '../../../src/ports/node/fed.ts';
import { nodePorts } from '../../../src/ports/node/node-ports.ts';
import type { PrivateFiles } from '../../../src/ports/node/private-file.ts';
import { tunnelTokenText } from '../../support/tunnel-tokens.ts';

export const TUNNEL = '6c1a1d5a-04d2-4b59-9a0e-3f6f0f6a2b11';
export const ACCOUNT = '0123456789abcdef0123456789abcdef';
export const TOKEN = tunnelTokenText(TUNNEL, 'a secret that no output may hold');

/** How a program is answered: its lines, and how it ends. */
interface Reply extends Partial<Fed> {
  readonly lines?: readonly string[];
}

/** What was run: the words of the command, and what it was given to read. */
interface Ran {
  readonly command: readonly string[];
  readonly input: string;
}

/** A look at a Debian with cloudflared, without a connector. */
export const DEBIAN = [
  'fact system Linux',
  'fact user 1000',
  'fact systemd 257',
  'fact manager apt-get',
  'fact program /usr/bin/cloudflared',
  'fact version 2026.8.2',
  'fact token-file yes',
];

/** The lines of a connector at work. */
export const AT_WORK = [
  `fact ${TUNNEL} unit=yes`,
  `fact ${TUNNEL} ActiveState=active`,
  `fact ${TUNNEL} SubState=running`,
  `fact ${TUNNEL} UnitFileState=enabled`,
  `fact ${TUNNEL} NRestarts=0`,
  `fact ${TUNNEL} ActiveEnterTimestamp=Fri 2026-11-27 09:07:13 UTC`,
  `fact ${TUNNEL} port=20246`,
  `fact ${TUNNEL} ready={"status":200,"readyConnections":4}`,
];

export const INSTALLED = [
  'step unit',
  'fact version 2026.8.2',
  'fact changed yes',
  'step ready',
  'fact port 20246',
];

/** The commands' world, in which each program is answered in turn; one more is a mistake. */
export function connectorWorld(replies: readonly (Reply | null)[], more: Partial<ConnectorContext> = {}) {
  const left = [...replies];
  const ran: Ran[] = [];
  const said = { out: '', err: '' };
  const noFiles: PrivateFiles = { read: async () => null, create: async () => true };
  const context: ConnectorContext = {
    ports: nodePorts(),
    privateFiles: noFiles,
    io: {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      isTTY: false,
      page: { width: 80, color: false, drawing: false },
    },
    folder: '/nowhere',
    env: {},
    signal: new AbortController().signal,
    platform: 'linux',
    isRoot: true,
    readInput: async () => `${TOKEN}\n`,
    feed: async (file, args, { input, onLine }) => {
      ran.push({ command: [file, ...args], input });
      const reply = left.shift();
      if (reply === undefined) throw new Error(`Nobody expected ${file}.`);
      if (reply === null) return null;
      for (const line of reply.lines ?? []) onLine(line);
      return { exitCode: reply.exitCode ?? 0, stderr: reply.stderr ?? '' };
    },
    ...more,
  };
  return { context, ran, said, unanswered: left };
}
