import { type Family, parseAddress } from '../../model/address.ts';
import type { RoutesFacts } from '../../model/facts/host.ts';

type Default = RoutesFacts['defaults'][number] & {
  /** It is for what is bound to the interface already: network_cmds netstat.tproj/route.c, RTF_IFSCOPE. */
  readonly scoped: boolean;
};

/**
 * The default routes in the output of `netstat -rn -f inet` or `-f inet6`; null where it has no header, or was cut off.
 * Without any route of the family nothing but the title is printed.
 */
export function parseDefaultRoutes(text: string, family: Family): Default[] | null {
  if (!text.startsWith('Routing tables\n') || !text.endsWith('\n')) return null;
  const lines = text.split('\n');
  const header = lines.find((line) => line.startsWith('Destination'));
  if (header === undefined) return text.trim() === 'Routing tables' ? [] : null;
  // Before macOS 10.15, Refs and Use stand before it.
  const columns = header.trim().split(/\s+/u);
  const [flagsAt, netifAt] = [columns.indexOf('Flags'), columns.indexOf('Netif')];
  if (flagsAt !== 2 || netifAt === -1) return null;
  return lines.flatMap((line) => {
    const words = line.trim().split(/\s+/u);
    const [destination, gateway = '', flags = ''] = words;
    const name = words[netifAt];
    if (destination !== 'default' || name === undefined || !/^[a-z]\w{0,14}$/u.test(name)) return [];
    // `R` and `B` lead nowhere.
    if (/[RB]/u.test(flags)) return [];
    const via = parseAddress(gateway.replace(/%.*$/u, ''));
    return [{ family, interface: name, via, metric: null, scoped: flags.includes('I') }];
  });
}

/** What `route -n get` printed: the way that the kernel takes. Null where it printed none. */
export function parseRouteGet(text: string): { interface: string; via: string | null } | null {
  const name = /^\s*interface: (\w{1,15})$/mu.exec(text)?.[1];
  if (name === undefined || !/^\s*flags: </mu.test(text)) return null;
  const gateway = /^\s*gateway: (\S{1,64})$/mu.exec(text)?.[1] ?? '';
  return { interface: name, via: parseAddress(gateway.replace(/%.*$/u, '')) };
}
