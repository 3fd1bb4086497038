import { isPublic } from '../model/address.ts';
import type { ListeningSocket } from '../model/facts/host.ts';
import type { LostPort, LostPorts } from '../model/lost-port.ts';
import { uniqueBy } from '../model/unique.ts';
import type { Case } from '../model/view/case.ts';
import { onServer } from '../model/view/home.ts';
import { reachSeen } from '../model/view/reach-seen.ts';
import { publicRecords } from '../model/view/records.ts';

/**
 * UDP ports on which programs speak with their own network only, or wait for answers to their own questions (IANA
 * service name registry): DHCP clients, NTP and its control port, DHCPv6 clients, SSDP, mDNS, LLMNR.
 */
const OWN_NETWORK: readonly number[] = [68, 123, 323, 546, 1900, 5353, 5355];

/** From here on systems take ports for questions of their own (RFC 6335, "Dynamic Ports"; Linux starts at 32768). */
const FIRST_PASSING_UDP = 32_768;

/**
 * What else the server answers over IPv6 under the name: an edge in front of the name takes it away, because the name then
 * leads to the edge for every port.
 * @param carried TCP ports that the edge leads to what answers there today; UDP only where it is HTTP/3 of the same program
 */
export function lostPorts(the: Case, carried: readonly number[]): LostPorts {
  const lists = onServer(the, 'listeners');
  const heard = lists.flatMap(({ facts }) =>
    facts.sockets
      .filter(isForOthers)
      .map(({ protocol, port, program }): LostPort => ({ protocol, port, program: program?.name ?? null })),
  );
  const named = the.target.hostKind === 'name' ? publicRecords(the, 'AAAA').addresses : [];
  const answered = answeredAt(the, named);
  const kept = [the.target.port, ...carried];
  const all = [...heard, ...answered].filter(
    ({ protocol, port, program }) =>
      !kept.includes(port) || (protocol === 'udp' && !isHttp3(port, program, heard)),
  );
  return {
    looked: lists.some(({ facts }) => !facts.truncated),
    ports: inOrder(all),
  };
}

/**
 * What else answers over IPv4 under the name, where only its A record is to lead to an edge: what was seen to, since hardly
 * anything gets to such a server over IPv4, whatever listens on it.
 * @param replaced the addresses that the name leads to over IPv4
 */
export const lostOverIpv4 = (
  the: Case,
  replaced: readonly string[],
  carried: readonly number[],
): LostPort[] =>
  inOrder(
    answeredAt(the, replaced).filter(({ port }) => port !== the.target.port && !carried.includes(port)),
  );

const answeredAt = (the: Case, addresses: readonly string[]): LostPort[] =>
  reachSeen(the.evidence)
    .filter(({ facts }) => addresses.includes(facts.address))
    .filter(({ facts }) => facts.attempts.some(({ outcome }) => outcome === 'connected'))
    .map(
      ({ facts, udp }): LostPort => ({
        protocol: udp === undefined ? 'tcp' : 'udp',
        port: facts.port,
        program: null,
      }),
    );

/** HTTP/3 comes from the program that speaks HTTP on the same port of TCP; anything else there is another service. */
const isHttp3 = (port: number, program: string | null, heard: readonly LostPort[]): boolean =>
  program !== null &&
  heard.some((other) => other.protocol === 'tcp' && other.port === port && other.program === program);

const inOrder = (ports: readonly LostPort[]): LostPort[] =>
  uniqueBy(ports, ({ protocol, port }) => `${protocol} ${port}`).toSorted(
    (one, other) => one.protocol.localeCompare(other.protocol) || one.port - other.port,
  );

/** Bound to where packets from the internet come to over IPv6. */
function isForOthers({ family, address, protocol, port }: ListeningSocket): boolean {
  if (family !== 'ipv6' || (address !== null && !isPublic(address))) return false;
  return protocol === 'tcp' || !(OWN_NETWORK.includes(port) || port >= FIRST_PASSING_UDP);
}
