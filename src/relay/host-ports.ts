/**
 * Where the host's programs ask for names: an unbound that knows only public IPv6 addresses. Not on port 53, so that a name
 * server can be relayed, too.
 */
export const RESOLVER = { address: '127.0.0.1', port: 5_335 } as const;

/** Where that one asks: the unbound that asks the internet. */
export const RECURSOR = { address: '127.0.0.1', port: 5_336 } as const;

/** Ports that programs of the host itself have open: DHCP clients (RFC 2131, RFC 8415), and its resolvers. */
export const HOST_PORTS: Readonly<Record<'tcp' | 'udp', readonly number[]>> = {
  tcp: [RESOLVER.port, RECURSOR.port],
  udp: [68, 546, RESOLVER.port, RECURSOR.port],
};
