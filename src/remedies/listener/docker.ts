import { edit } from '../manual.ts';
import { type Bound, type Program, shellFor } from './socket.ts';

const FILE = 'compose.yaml (or docker-compose.yml)';

/** Who listens for containers: on Linux, and for Docker Desktop on Windows and macOS; lsof cuts names off. */
const PROXIES = /^(?:docker-proxy|com\.docker?(?:\.backend)?|wslrelay)(?:\.exe)?$/u;

/** A port that is published without an address is published for both families (Docker's docs, "Port publishing"). */
export const docker: Program = {
  software: 'Docker',
  isMeant: ({ socket }: Bound) => socket.container !== null || PROXIES.test(socket.program?.name ?? ''),
  steps: (bound) => {
    const { port, protocol, written, how } = bound;
    const suffix = protocol === 'udp' ? '/udp' : '';
    const line = `- "${written}:${port}:CONTAINER-PORT${suffix}"`;
    const both =
      how === 'v6only' || how === 'loopback'
        ? `- "${port}:CONTAINER-PORT${suffix}"`
        : `${line}\n- "0.0.0.0:${port}:CONTAINER-PORT${suffix}"`;
    const load = ['docker compose up --detach'];
    return [
      {
        where: 'server',
        software: 'Docker',
        does: `publishes the port for IPv4 too; without Compose, run the container again with \`-p\` and these values (\`docker compose ls\` shows which file; the command is typed in its folder)`,
        change: edit(FILE, line, both, load, shellFor(bound)),
        undo: edit(FILE, both, line, load, shellFor(bound)),
      },
    ];
  },
};
