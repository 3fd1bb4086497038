import type { z } from 'zod';
import { inPrefix, isPublic } from '../address.ts';
import {
  type Evidence,
  isHere,
  type OwnAddress,
  seen,
  type Vantage,
  type vantageFactsSchema,
} from '../evidence.ts';
import type { Target } from '../target.ts';
import { reachSeen } from './reach-seen.ts';
import { mentionedAddresses } from './records.ts';

type VantageFacts = z.infer<typeof vantageFactsSchema>;

/** Hosts on one link share a /64 (RFC 4291 2.5.1). */
const LINK_PREFIX = 64;
/** Sites get a /48 to a /64 (RFC 6177); neighbours at one provider share less. Narrower than /40 may be one site. */
const LINE_PREFIX = 40;

/**
 * Where this machine stands: it is the server, stands beside it, or elsewhere.
 * Nothing is assumed: where no observation decides, `unknown`.
 */
export function decideVantage(
  told: Vantage | null,
  target: Target,
  evidence: readonly Evidence[],
): VantageFacts {
  if (told !== null) return { vantage: told, because: 'told' };
  const own = seen(evidence, 'addresses').flatMap(({ facts }) => facts.addresses);
  const named = target.hostKind === 'name' ? namedAddresses(evidence) : [target.host];

  const shared = named.find((address) => isPublic(address) && own.some((mine) => mine.address === address));
  if (shared !== undefined) return { vantage: 'server', because: 'has-target-address', address: shared };

  const here = reachSeen(evidence).filter(isHere);
  const itself = here.find(
    ({ facts }) =>
      facts.roles.includes('own') && facts.identity?.kind === 'tls' && facts.identity.coversName === true,
  );
  if (itself !== undefined) {
    return { vantage: 'server', because: 'same-service-locally', address: itself.facts.address };
  }

  const six = named.filter((address) => address.includes(':') && isPublic(address));
  const mine = own.filter(({ address, family }) => family === 'ipv6' && isPublic(address));
  const neighbour = six.find((address) => sharesPrefix(address, mine, LINK_PREFIX));
  if (neighbour !== undefined) return { vantage: 'lan', because: 'same-prefix', address: neighbour };

  // A stale AAAA also lies in another prefix: only one that answers shows that the server is on another line.
  const elsewhere = here.find(
    ({ facts }) =>
      six.includes(facts.address) &&
      facts.identity !== null &&
      facts.identity.kind !== 'none' &&
      !(facts.identity.kind === 'tls' && facts.identity.coversName === false),
  );
  if (
    elsewhere !== undefined &&
    mine.length > 0 &&
    !six.some((address) => sharesPrefix(address, mine, LINE_PREFIX))
  ) {
    return { vantage: 'outside', because: 'other-line', address: elsewhere.facts.address };
  }
  return { vantage: 'unknown', because: 'nothing-decides' };
}

const namedAddresses = (evidence: readonly Evidence[]): string[] => [
  ...mentionedAddresses(evidence, 'AAAA'),
  ...mentionedAddresses(evidence, 'A'),
];

const sharesPrefix = (address: string, own: readonly OwnAddress[], bits: number): boolean =>
  own.some((mine) => inPrefix(address, `${mine.address}/${bits}`));

/** The same evidence, with the vantage of what was seen from here set to what was found out. */
export function withVantage(evidence: readonly Evidence[], vantage: Vantage): Evidence[] {
  return evidence.map((item) => (isHere(item) ? { ...item, vantage } : item));
}
