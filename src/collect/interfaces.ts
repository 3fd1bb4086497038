import { z } from 'zod';
import { parseAddress } from '../model/address.ts';
import { parseJson } from '../model/json.ts';
import type { NetworkInterfaceAddress } from '../ports/ports.ts';

/** Addresses kept; a host with many containers has hundreds. */
const MAX_ADDRESSES = 4_096;

/** What `ip -j -d addr` prints, as far as it matters here. */
const linksSchema = z.array(
  z.object({
    ifname: z.string().optional(),
    flags: z.array(z.string()).default([]),
    addr_info: z.array(z.object({ local: z.string().optional(), prefixlen: z.int().optional() })).default([]),
  }),
);

/** Addresses of the interfaces that are up and have a carrier, as Node lists them; null where it isn't that JSON. */
export function fromJson(text: string): NetworkInterfaceAddress[] | null {
  const links = linksSchema.safeParse(parseJson(text));
  if (!links.success) return null;
  return links.data
    .filter(({ flags }) => flags.includes('UP') && !flags.includes('NO-CARRIER'))
    .flatMap(({ ifname, addr_info: list }) =>
      list.flatMap(({ local, prefixlen }) => found(ifname, local, prefixlen)),
    )
    .slice(0, MAX_ADDRESSES);
}

/** `2: eth0    inet 192.0.2.7/24 brd …`, `5: wg0    inet 10.8.0.1 peer 10.8.0.2/32 …`, also as busybox prints it. */
const LINE = /^\d+: (\S{1,15})\s+inet6? ([\da-f.:]+)(?:\/(\d{1,3}))?(?: peer [\da-f.:]+(?:\/(\d{1,3}))?)?\s/u;

/** The same from `ip -o addr`; null where no line is understood. */
export function fromText(text: string): NetworkInterfaceAddress[] | null {
  const all = text.split('\n').flatMap((line) => {
    const [, name, address, own, peer] = LINE.exec(`${line} `) ?? [];
    return found(name?.replace(/@.*$/u, ''), address, Number(own ?? peer ?? Number.NaN));
  });
  return all.length === 0 ? null : all.slice(0, MAX_ADDRESSES);
}

const HEAD = /^([a-z][\w.]{0,14}): flags=[\da-f]+<([A-Z\d_,]*)>/u;
/** `inet 192.0.2.7 netmask 0xffffff00`, `inet 10.8.0.2 --> 10.8.0.1 netmask 0xffffffff`, `inet6 fe80::1%en0 prefixlen 64`. */
const MAC_ADDRESS =
  /^\s+inet6? ([\da-fA-F:.]{2,45})(?:%\S+)?(?: --> \S+)? (?:prefixlen (\d{1,3})|netmask 0x([\da-f]{8}))\b/u;

/** The same from a Mac's `ifconfig -a`; null where no interface is understood. */
export function fromIfconfig(text: string): NetworkInterfaceAddress[] | null {
  let interfaces = 0;
  let name: string | null = null;
  const all: NetworkInterfaceAddress[] = [];
  for (const line of text.split('\n')) {
    const [, head, flags = ''] = HEAD.exec(line) ?? [];
    if (head !== undefined) {
      const isUp = ['UP', 'RUNNING'].every((flag) => flags.split(',').includes(flag));
      name = isUp ? head : null;
      interfaces += 1;
    }
    const [, address, length, mask] = MAC_ADDRESS.exec(line) ?? [];
    if (address === undefined || name === null) continue;
    all.push(...found(name, address, mask === undefined ? Number(length) : lengthOf(mask)));
  }
  return interfaces === 0 ? null : all.slice(0, MAX_ADDRESSES);
}

/** NaN for a mask with holes: no prefix. */
function lengthOf(mask: string): number {
  const bits = Number.parseInt(mask, 16).toString(2).padStart(32, '0');
  return /^1*0*$/u.test(bits) ? bits.replace(/0+$/u, '').length : Number.NaN;
}

function found(name = '', local = '', prefixLength = Number.NaN): NetworkInterfaceAddress[] {
  const address = parseAddress(local);
  const longest = address?.includes(':') === true ? 128 : 32;
  if (name === '' || address === null || !(prefixLength >= 0 && prefixLength <= longest)) return [];
  return [{ interface: name, address, prefixLength }];
}
