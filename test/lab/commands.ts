import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HOME_NAME, type World } from './world.ts';
import { WHOAMI_NAME } from './zones.ts';

/** Node 24 from the package `node`: the machine's own may be too old to run TypeScript. */
export const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

const REACH4 = fileURLToPath(new URL('../../dist/src/bin.js', import.meta.url));

const AGENT_PORT = 4460;

/** Of the STUN server on the host outside (RFC 8489, section 14: the port). */
const STUN = 'stun.example.net:3478';

/** What the agent prints once it answers. */
export const AGENT_READY = /listen/iu;

/** Why there is no reach4 to run, if there is none. */
export function whyNotBuilt(): string | undefined {
  return existsSync(REACH4) ? undefined : `${REACH4} isn't there yet: run \`npm run build\` first.`;
}

/** reach4 with these arguments. */
export const reach4Command = (args: readonly string[]): string[] => [NODE, REACH4, ...args];

/** The agent outside, at this address. */
export function agentCommand(address: string, tokenFile: string): string[] {
  const listen = `${hostPart(address)}:${AGENT_PORT}`;
  return [NODE, REACH4, 'agent', '--listen', listen, '--token-file', tokenFile];
}

/** The diagnosis on the server, with the agent at this address; `--outside URL` comes last. */
export function diagnoseCommand(agentAddress: string, target = `https://${HOME_NAME}`): string[] {
  const services = ['--whoami', `http://${WHOAMI_NAME}`, '--stun', STUN];
  const outside = ['--outside', `http://${hostPart(agentAddress)}:${AGENT_PORT}`];
  return [NODE, REACH4, 'diagnose', target, ...services, ...outside];
}

const SCHEMES = { https: 'https', http: 'http', ssh: 'tcp', dns: 'udp', wireguard: 'udp' } as const;

/** The service that a world is about: its first one, or the web page that is down. */
export function targetOf({ server }: Pick<World, 'server'>): string {
  const { kind, port } = server.services[0] ?? { kind: 'https', port: 443 };
  return `${SCHEMES[kind]}://${HOME_NAME}:${port}`;
}

/** How the diagnosis learns the agent's token: never by an argument, which every user of the machine can read. */
export function diagnoseEnv(token: string): Record<string, string> {
  return { REACH4_AGENT_TOKEN: token };
}

function hostPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
