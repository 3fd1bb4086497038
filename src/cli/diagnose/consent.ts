import { join } from 'node:path';
import { confirm, isCancel } from '@clack/prompts';
import { parseAddress } from '../../model/address.ts';
import { Interrupted, UserError } from '../../model/error.ts';
import { isHostName, type Target } from '../../model/target.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Io } from '../io.ts';
import { configFolder } from '../places.ts';
import { type DiagnoseOptions, PUBLIC_STUN, PUBLIC_WHOAMI } from './options.ts';

interface Services extends Pick<DiagnoseOptions, 'whoami' | 'whoamiSkipped'> {
  readonly stun: readonly string[];
  /** Asked, and the answer was no: then nobody else is asked by default either. */
  readonly declined: boolean;
}

interface Flags {
  readonly whoami?: readonly string[];
  readonly stun?: readonly string[];
  readonly publicServices?: boolean;
}

/**
 * Which services may see this machine's address. Those the user names may; public ones only after a yes, which is
 * asked for once on a terminal and given by `--public-services` in scripts.
 * @throws UserError for a URL or a STUN server that is none
 */
export async function consent(flags: Flags, target: Target, ports: Ports, io: Io): Promise<Services> {
  const named = [...new Set(flags.stun ?? [])].map(checkStun);
  if (flags.whoami !== undefined) {
    for (const url of flags.whoami) checkUrl(url);
    return { whoami: [...new Set(flags.whoami)], whoamiSkipped: null, stun: named, declined: false };
  }
  // For an address of its own there is nothing to compare with.
  if (target.hostKind === 'ipv4')
    return { whoami: [], whoamiSkipped: 'not-applicable', stun: named, declined: false };
  const remembered = join(configFolder(), 'public-services');
  const stun = named.length > 0 ? named : PUBLIC_STUN;
  const asked: Services = { whoami: PUBLIC_WHOAMI, whoamiSkipped: null, stun, declined: false };
  const not: Services = { whoami: [], whoamiSkipped: 'not-consented', stun: named, declined: false };
  if (flags.publicServices === true) return asked;
  if (flags.publicServices === false) return not;
  if ((await ports.files.read(remembered).catch(() => null))?.trim() === 'yes') return asked;
  if (!io.isTTY || !process.stdin.isTTY) return not;
  const hosts = [...PUBLIC_WHOAMI.map((url) => new URL(url).host), ...stun];
  const yes = await confirm({
    message: `May ${hosts.slice(0, -1).join(', ')} and ${hosts.at(-1)} see this machine's address, to learn your public IPv4 address? (a yes is remembered)`,
    initialValue: false,
    output: process.stderr,
  });
  if (isCancel(yes)) throw new Interrupted();
  if (!yes) return { ...not, declined: true };
  await ports.files.write(remembered, 'yes\n', 0o600).catch(() => {
    // Asked again next time: nothing depends on remembering.
  });
  return asked;
}

function checkUrl(text: string): void {
  if (text.includes('@')) {
    throw new UserError(
      'A --whoami URL carries a user name or password; expected one without, such as https://icanhazip.com.',
    );
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UserError(`--whoami "${text}" is no URL; expected one such as https://icanhazip.com.`);
  }
}

/** A STUN server as the user names it: a host name or an address, and a port. */
function checkStun(text: string): string {
  const [, six, host] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/u.exec(text) ?? [];
  const port = Number(text.split(':').at(-1));
  const isHost =
    six === undefined
      ? host !== undefined && (parseAddress(host) !== null || isHostName(host.toLowerCase()))
      : parseAddress(six) !== null;
  if (!isHost || !(port >= 1 && port <= 65_535)) {
    throw new UserError(
      `--stun "${text}" is no server; expected HOST:PORT, such as ${PUBLIC_STUN[0]} or [2001:db8::1]:3478.`,
    );
  }
  return text;
}
