/** Where unbound answers, on loopback: not on 53, so that a name server can be relayed, too. */
export const RESOLVER = { address: '127.0.0.1', port: 5_335 } as const;

/** Ports that programs of the host itself have open: DHCP clients (RFC 2131, RFC 8415), and its resolver. */
export const HOST_PORTS: Readonly<Record<'tcp' | 'udp', readonly number[]>> = {
  tcp: [RESOLVER.port],
  udp: [68, 546, RESOLVER.port],
};
