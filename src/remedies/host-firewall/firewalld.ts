import { asRoot, plainWord } from '../manual.ts';
import type { Dialect, Fix } from './fix.ts';

/** `filter_IN_public_deny` (nftables backend) or `IN_public_deny` (iptables backend): the zone and the part of it. */
const ZONE_CHAIN = /^(?:filter_)?(?:IN|FWD|FWDI|FWDO)_(.+?)(?:_(pre|log|deny|allow|post))?$/u;

/** Before everything else that a zone says (firewalld.richlanguage(5): -32768 to 32767). */
const FIRST = -32_768;

/** A rich rule for IPv4 alone: `--add-port` is for both families, and its undo would close IPv6 too. */
export const firewalld: Dialect = (fix) => {
  // firewalld filters what leaves only by policies and direct rules, which are not told from their chains.
  if (fix.path === 'output') return null;
  const [, zone = null, part] = ZONE_CHAIN.exec(fix.rule.chain) ?? [];
  const at = zoneWord(zone, fix.interface);
  if (at === null) return null;
  // Rules that deny come before those that allow, unless a priority says otherwise.
  const priority = part === 'deny' || part === 'pre' ? ` priority="${FIRST}"` : '';
  const rich = `'rule${priority} family="ipv4" port port="${fix.arrivedAt}" protocol="${fix.protocol}" accept'`;
  const both = (what: 'add' | 'remove'): string[] => [
    `firewall-cmd ${at}--${what}-rich-rule=${rich}`,
    `firewall-cmd --permanent ${at}--${what}-rich-rule=${rich}`,
  ];
  return [
    {
      where: 'server',
      software: 'firewalld',
      does: `${fix.does}, now and after a restart`,
      change: asRoot(...both('add')),
      undo: asRoot(...both('remove')),
    },
  ];
};

/** `--zone=public `; asked of firewalld where the chain doesn't tell; nothing for the default zone. */
function zoneWord(zone: string | null, name: Fix['interface']): string | null {
  if (zone !== null) return plainWord(zone) === null ? null : `--zone=${zone} `;
  const device = plainWord(name);
  return device === null ? '' : `--zone="$(firewall-cmd --get-zone-of-interface=${device})" `;
}
