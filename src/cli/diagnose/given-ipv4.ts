import { familyOf, isPublic, parseAddress } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';

/** The address that `--ipv4` gives; null without it. @throws UserError */
export function readIpv4(text: string | undefined): string | null {
  if (text === undefined) return null;
  const address = parseAddress(text);
  if (address === null || familyOf(address) !== 'ipv4') {
    throw new UserError(`--ipv4 "${text}" is no IPv4 address; expected four numbers, such as 81.2.69.142.`);
  }
  if (!isPublic(address)) {
    throw new UserError(
      `--ipv4 ${address} isn't a public address, so nobody outside could use it; expected the address that the internet sees.`,
    );
  }
  return address;
}
