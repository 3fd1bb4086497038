import { z } from 'zod';
import { familyOf, parseAddress } from './address.ts';
import { portSchema } from './port.ts';
import { isHostName } from './target.ts';

/**
 * Names that programs take for something else: HAProxy looks for SRV records where a name begins with an underscore, and
 * what ends in a number is an address in some notation (0x7f.1) to whoever reads it with inet_aton(3).
 */
const NOT_A_HOST = /_|(?:^|\.)(?:\d+|0x[\da-f]*)$/u;

/** A host name in lower-case A-labels, without the last dot: nothing else of a user's text reaches a configuration. */
export const hostNameSchema = z
  .string()
  .refine((text) => isHostName(text) && !NOT_A_HOST.test(text), { error: 'not a host name' });

const ipv6Schema = z
  .string()
  .refine((text) => text.includes(':') && parseAddress(text) === text && familyOf(text) === 'ipv6', {
    error: 'not an IPv6 address in canonical form',
  });

/** Where a service really is: a name, whose AAAA is followed, or an address, which is fixed. */
const originSchema = z.object({ host: z.union([hostNameSchema, ipv6Schema]), port: portSchema });
export type Origin = z.infer<typeof originSchema>;

const listener = {
  /** The port that the relay listens on. */
  port: portSchema,
  origin: originSchema,
};

/** PROXY protocol version 2 towards the origin: only where the origin was seen to take it, for else nothing works. */
const proxyProtocol = z.boolean();
/** Host names that lead to this origin; others on the same port may lead elsewhere. */
const names = z.array(hostNameSchema).min(1).max(50);

export const relayServiceSchema = z.discriminatedUnion('kind', [
  /** Whatever comes to the port. */
  z.object({ kind: z.literal('tcp'), ...listener, proxyProtocol }),
  /** By the name in the ClientHello (SNI); TLS stays between client and origin. */
  z.object({ kind: z.literal('tls'), ...listener, names, proxyProtocol }),
  /** By the Host header; unencrypted HTTP, so that certificate challenges work. */
  z.object({ kind: z.literal('http'), ...listener, names, proxyProtocol }),
  /** Datagrams; the origin sees the relay as the client. */
  z.object({ kind: z.literal('udp'), ...listener }),
]);
/** One service that a relay forwards. */
export type RelayService = z.infer<typeof relayServiceSchema>;

/** Everything that decides what the relay's host does; the same settings give the same host. */
export const relaySettingsSchema = z.object({
  services: z.array(relayServiceSchema).min(1).max(50),
  /** When the host may reboot for security updates, UTC, as `04:30`. */
  rebootAt: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, 'not a time of the day such as 04:30'),
});
export type RelaySettings = z.infer<typeof relaySettingsSchema>;
