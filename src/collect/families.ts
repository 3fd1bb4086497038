import { type Family, familyOf, parseAddress } from '../model/address.ts';

/** Over which families a service is asked: one that is named by an address answers over that one only. */
export function familiesOf(url: string): Family[] {
  const literal = parseAddress(new URL(url).hostname.replace(/^\[(.*)\]$/u, '$1'));
  return literal === null ? ['ipv4', 'ipv6'] : [familyOf(literal)];
}
