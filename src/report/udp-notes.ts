import type { Diagnosis } from '../model/diagnosis.ts';
import { type Seen, seen } from '../model/evidence.ts';
import type { UdpProtocol } from '../model/facts/udp.ts';

const SPOKEN: Readonly<Record<UdpProtocol, string>> = {
  dns: 'DNS',
  quic: 'QUIC',
  wireguard: 'WireGuard',
  stun: 'STUN',
  bedrock: 'Minecraft Bedrock',
  'source-query': "the Source servers' query",
  none: 'nothing known',
};

/** Why a look over UDP left open whether IPv4 works, and what would tell; nothing where it didn't. */
export function udpNotes(diagnosis: Diagnosis): string[] {
  const { evidence, reachable, target } = diagnosis;
  const looks = seen(evidence, 'udp-reach').filter(({ facts }) => facts.port === target.port);
  const protocol = looks[0]?.facts.protocol;
  if (protocol === undefined || reachable.ipv4 !== 'unknown') return [];
  if (protocol === 'wireguard') {
    return [
      "WireGuard answers nobody whose key it doesn't know, so that its silence says nothing: connect a client over IPv4, then `wg show all latest-handshakes`, with full rights, on the server tells whether it got in",
    ];
  }
  if (protocol === 'none') {
    return [
      `What speaks on UDP port ${target.port} isn't known, so that silence says nothing: \`--udp-protocol NAME\` says it (${Object.keys(SPOKEN).slice(0, -1).join(', ')})`,
    ];
  }
  const answered = (family: string): boolean =>
    looks.some(({ facts }) => facts.family === family && isAnswered(facts));
  if (answered('ipv6') && answered('ipv4')) {
    return [
      `Over IPv4 somebody answers in ${SPOKEN[protocol]}, but the answer doesn't tell whether it is the server that answers over IPv6`,
    ];
  }
  if (answered('ipv6')) return [];
  return [
    `Over IPv6 nobody answered in ${SPOKEN[protocol]}, so that there is nothing to compare IPv4 with; if the service speaks something else, \`--udp-protocol NAME\` says it`,
  ];
}

const isAnswered = ({ attempts }: Seen<'udp-reach'>['facts']): boolean =>
  attempts.some(({ outcome }) => outcome === 'answered');
