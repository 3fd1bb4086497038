import type { UdpProtocol } from '../../model/facts/udp.ts';

/** What was sent, as the object of "no answer to". */
export const ASKED: Readonly<Record<UdpProtocol, string>> = {
  dns: 'a DNS question',
  quic: 'a QUIC packet of an unknown version',
  wireguard: 'a WireGuard handshake',
  stun: 'a STUN request',
  bedrock: 'a Minecraft (Bedrock) ping',
  'source-query': 'a Source server query',
  none: 'a datagram of one byte',
};

/** Why silence is what was to be expected. */
export const SILENCE: Partial<Record<UdpProtocol, string>> = {
  wireguard: "WireGuard answers nobody whose key it doesn't know: a healthy one is as silent as a dead one.",
  none: 'Most programs answer only what they understand: this says nothing of whether datagrams arrive.',
};
