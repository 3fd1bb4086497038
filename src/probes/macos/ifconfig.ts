import { parseAddress } from '../../model/address.ts';

/** An interface as `ifconfig -a` shows it. */
export interface MacInterface {
  readonly name: string;
  readonly flags: readonly string[];
  readonly addresses: readonly {
    readonly address: string;
    readonly temporary: boolean;
    readonly deprecated: boolean;
  }[];
}

const HEAD = /^([a-z][\w.]{0,14}): flags=[\da-f]+<([A-Z\d_,]*)>/u;
/** `inet6 2001:db8::1%en0 prefixlen 64 autoconf temporary`; the words are those of network_cmds ifconfig.tproj/af_inet6.c. */
const ADDRESS = /^\s+inet6? ([\da-fA-F:.]{2,45})(?:%\S+)?(?: (.*))?$/u;

/** Null where it is something else, or was cut off. */
export function parseIfconfig(text: string): readonly MacInterface[] | null {
  if (!text.endsWith('\n')) return null;
  const found: { name: string; flags: string[]; addresses: MacInterface['addresses'][number][] }[] = [];
  for (const line of text.split('\n')) {
    const [, name, flags] = HEAD.exec(line) ?? [];
    if (name !== undefined) found.push({ name, flags: (flags ?? '').split(','), addresses: [] });
    const [, host, words = ''] = ADDRESS.exec(line) ?? [];
    const address = host === undefined ? null : parseAddress(host);
    if (address === null) continue;
    const flagged = words.trim().split(' ');
    found.at(-1)?.addresses.push({
      address,
      temporary: flagged.includes('temporary'),
      deprecated: flagged.includes('deprecated'),
    });
  }
  return found.length === 0 ? null : found;
}

/** Names of interfaces that lead to one other end: VPNs, dial-up, tunnels of IPv6. */
const TUNNEL_NAME = /^(?:utun|ipsec|ppp|gif|stf|tun|tap|wg|feth)\d/u;
/** Those that lead to virtual machines and to Apple's own devices only. */
const INNER_NAME = /^(?:lo|bridge1\d\d|vmenet|vmnet|vnic|awdl|llw|ap|anpi|p2p|docker)\d/u;

export const isTunnel = ({ name, flags }: Pick<MacInterface, 'name' | 'flags'>): boolean =>
  flags.includes('POINTOPOINT') || TUNNEL_NAME.test(name);

/** Neither the internet nor a neighbour comes in by it. */
export const isInner = (name: string): boolean => TUNNEL_NAME.test(name) || INNER_NAME.test(name);
