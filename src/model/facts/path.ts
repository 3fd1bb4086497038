import { z } from 'zod';
import { addressSchema, familySchema } from '../address.ts';
import { portSchema as port } from '../port.ts';

/** The public address and ports that a STUN server sees (RFC 8489, Binding), from several local ports. */
export const stunFactsSchema = z.object({
  server: z.string(),
  family: familySchema,
  samples: z.array(z.object({ localPort: port, address: addressSchema, port })).min(1),
});
export type StunFacts = z.infer<typeof stunFactsSchema>;

/** The way to an address, hop by hop. */
export const traceFactsSchema = z.object({
  family: familySchema,
  address: addressSchema,
  /** Of TCP and UDP; null for ICMP, and for UDP with the usual rising ports. */
  port: port.nullable(),
  method: z.enum(['udp', 'icmp', 'tcp']),
  tool: z.string(),
  hops: z.array(
    z.object({
      ttl: z.int().min(1).max(64),
      /** Null where nobody answered. */
      address: addressSchema.nullable(),
      ms: z.number().min(0).nullable(),
      /** What an ICMP unreachable said, as traceroute prints it: !X, !H, !N, …; null for TTL exceeded and for the end. */
      note: z.string().nullable(),
    }),
  ),
  /** The address itself answered. */
  reached: z.boolean(),
});
export type TraceFacts = z.infer<typeof traceFactsSchema>;
