import { parseAddress } from '../model/address.ts';
import { UserError } from '../model/error.ts';
import { hostPort } from '../model/target.ts';
import type { HttpListener, HttpServer } from '../ports/node/http-server.ts';
import type { Ports } from '../ports/ports.ts';
import { sourceOf } from './dial-policy.ts';
import { agentHandler } from './handler.ts';
import { LISTENER_LIMITS } from './limits.ts';

/** All addresses of both families, and a port without a service of its own (IANA service name registry). */
export const DEFAULT_LISTEN = '[::]:4460';

export interface AgentOptions {
  /** `ADDR:PORT`, IPv6 in brackets; port 0 for any free one. */
  readonly listen: string;
  /** As loadToken returns it. */
  readonly token: string;
  readonly ports: Ports;
  readonly listener: HttpListener;
  /** Takes one line at a time: one a look, and some for refusals. */
  readonly log: (line: string) => void;
}

/**
 * Starts the agent: looks at services for those who hold the token, until it is closed.
 *
 * @throws UserError where the address is none or can't be listened on.
 */
export async function startAgent(options: AgentOptions): Promise<HttpServer> {
  const { token, ports, listener, log } = options;
  const { address, port } = parseListen(options.listen);
  const handle = agentHandler(token, ports, log);
  try {
    return await listener.listen({ address, port, limits: LISTENER_LIMITS, sourceOf, handle });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A machine without IPv6 can still look over IPv4.
    if (address === '::' && code === 'EAFNOSUPPORT') {
      return startAgent({ ...options, listen: hostPort('0.0.0.0', port) });
    }
    const why = LISTEN_ERRORS[code];
    if (why === undefined) throw error;
    throw new UserError(`The agent can't listen on ${hostPort(address, port)}: ${why}.`, { cause: error });
  }
}

/** Error codes of bind(2). */
const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already; stop it, or choose another port with --listen',
  EACCES: 'this user may not use the port; choose one from 1024 on with --listen',
  EADDRNOTAVAIL: "the address isn't one of this machine's",
  EAFNOSUPPORT: "this machine doesn't have the address's family",
};

/** @throws UserError where the text is no address and port */
export function parseListen(text: string): { address: string; port: number } {
  const [, six, four, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/u.exec(text) ?? [];
  const address = parseAddress(six ?? four ?? '');
  const port = Number(digits ?? Number.NaN);
  if (address === null || !(port <= 65535)) {
    throw new UserError(
      `"${text}" can't be listened on; expected ADDRESS:PORT, such as ${DEFAULT_LISTEN} or 0.0.0.0:4460.`,
    );
  }
  return { address, port };
}
