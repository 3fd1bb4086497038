import { familyOf } from '../../model/address.ts';
import type { Asked } from './dialect.ts';

/** Tells a refusal ("closed") from silence ("open|filtered"), which `nc -uz` doesn't. */
export const byNmap = ({ address, port }: Asked): string =>
  `sudo nmap ${familyOf(address) === 'ipv4' ? '' : '-6 '}-sU -Pn -p ${port} ${address}`;

/** The same datagram by nc, and what comes back in hex. */
export function byNc({ address, port }: Asked, payload: Uint8Array): string {
  const text = [...payload].map(escaped).join('');
  return `printf '${text}' | nc -u -w 3 ${address} ${port} | xxd`;
}

/** As printf(1) reads it: letters, digits and blanks stand for themselves, everything else in octal. */
const escaped = (byte: number): string => {
  const character = String.fromCharCode(byte);
  return /[A-Za-z ]/u.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
};
