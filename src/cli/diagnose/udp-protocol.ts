import type { UdpProtocol } from '../../model/facts/udp.ts';

/**
 * What is usual on a UDP port (IANA service name registry; for games their servers' own defaults): DNS, HTTP/3 and
 * DNS over QUIC, STUN, WireGuard, Minecraft Bedrock over IPv4 and IPv6, and Source servers, which count up from theirs.
 */
const USUAL: Readonly<Record<number, UdpProtocol>> = {
  53: 'dns',
  443: 'quic',
  853: 'quic',
  3478: 'stun',
  19132: 'bedrock',
  19133: 'bedrock',
  51820: 'wireguard',
};
const SOURCE_PORTS = { from: 27_015, to: 27_030 } as const;

/** The protocol to ask in; `none` where nothing is known of the port. */
export const usualUdpProtocol = (port: number): UdpProtocol =>
  USUAL[port] ?? (port >= SOURCE_PORTS.from && port <= SOURCE_PORTS.to ? 'source-query' : 'none');
