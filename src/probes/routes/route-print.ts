import { parseAddress } from '../../model/address.ts';
import type { RoutesFacts } from '../../model/facts/host.ts';
import type { NetworkInterfaceAddress } from '../../ports/ports.ts';

export const ROUTE_ARGS: readonly string[] = ['print', '-4'];

/** `0.0.0.0 0.0.0.0 192.168.178.1 192.168.178.24 30`; a gateway in words (On-link, Auf Verbindung) is none. */
const DEFAULT = /^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(\S.{0,60}?)\s+(\d[\d.]{6,14})\s+(\d{1,6})\s*$/u;

/**
 * IPv4's default routes, by the numbers of `route print -4`, in any language; IPv6's table doesn't name interfaces by address.
 * Null where there is no table: a line of the loopback network is always there.
 */
export function parseRoutePrint(
  text: string,
  own: readonly NetworkInterfaceAddress[],
): RoutesFacts['defaults'] | null {
  if (!/^\s*127\.0\.0\.0\s+255\.0\.0\.0\s/mu.test(text)) return null;
  return text.split(/\r?\n/u).flatMap((line) => {
    const [, gateway = '', by, metric] = DEFAULT.exec(line) ?? [];
    const name = own.find(({ address }) => address === by)?.interface;
    if (by === undefined || name === undefined) return [];
    return [{ family: 'ipv4', interface: name, via: parseAddress(gateway), metric: Number(metric) }] as const;
  });
}
