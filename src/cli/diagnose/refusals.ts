import { type Scope, scopeOf } from '../../model/address.ts';
import { UserError } from '../../model/error.ts';
import { type Evidence, seen } from '../../model/evidence.ts';
import type { UdpProtocol } from '../../model/facts/udp.ts';
import { hostPort, type Target } from '../../model/target.ts';

/** Scopes of addresses that nobody elsewhere can connect to. */
const NOT_ON_THE_INTERNET: readonly Scope[] = ['private', 'shared', 'loopback', 'link-local', 'unique-local'];

/** @throws UserError for an address that no look can make work from outside */
export function refuseUnreachable({ host, hostKind }: Target): void {
  if (hostKind === 'name' || !NOT_ON_THE_INTERNET.includes(scopeOf(host))) return;
  throw new UserError(
    `"${host}" can't be diagnosed: nobody on the internet can connect to a ${scopeOf(host)} address; expected the name or the public address that visitors use, such as https://home.example.org.`,
  );
}

/** @throws UserError for a protocol over UDP and a target over TCP */
export function refuseUdpProtocol(target: Target, given: UdpProtocol | undefined): void {
  if (given === undefined || target.protocol === 'udp') return;
  throw new UserError(
    `--udp-protocol ${given} was given for "${target.input}", which isn't asked over UDP; expected a target such as udp://${hostPort(target.host, target.port)}.`,
  );
}

/** @throws UserError where there was nothing to look with */
export function refuseWithoutNetwork(evidence: readonly Evidence[]): void {
  const own = seen(evidence, 'addresses').flatMap(({ facts }) => facts.addresses);
  const isSeen = evidence.some(({ probe, status }) => probe === 'addresses' && status === 'ok');
  if (!isSeen || own.some(({ scope }) => scope !== 'loopback' && scope !== 'link-local')) return;
  throw new UserError(
    'This machine has no network: none of its interfaces has an address, so that nothing can be looked at; expected a connection over IPv6, IPv4 or both.',
  );
}
