import { isPublic } from '../address.ts';
import { type OwnAddress, seen } from '../evidence.ts';
import type { Case } from './case.ts';

/** This machine's global IPv6 addresses that last: neither temporary nor deprecated, and known to be neither. */
export function stableAddresses(the: Case): OwnAddress[] {
  return seen(the.evidence, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .filter(
      ({ family, address, temporary, deprecated }) =>
        family === 'ipv6' && isPublic(address) && temporary === false && deprecated === false,
    );
}
