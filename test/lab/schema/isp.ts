import { z } from 'zod';
import { portsSchema } from './common.ts';

/**
 * What the provider gives the home over IPv4 (over IPv6 always a /56):
 * - `public`: an address of its own (`HOME.wan4`), as far as `doubleNat` leaves it to the home router;
 * - `cgnat`: `PROVIDER.cgnatWan` (RFC 6598), translated in the provider's box into `PROVIDER.shared4`;
 * - `private`: the same with `PROVIDER.privateWan` (RFC 1918);
 * - `ds-lite`: the router's WAN is 192.0.0.2 on a softwire over IPv6 to an AFTR, which translates into `PROVIDER.aftr4`
 *   (RFC 6333);
 * - `map-e`: the router has `HOME.wan4`, shared with 255 other homes: of its ports only those of `PROVIDER.portSet`
 *   are this home's, for what it sends and for what it receives (RFC 7597).
 */
const ISP_KINDS = ['public', 'cgnat', 'private', 'ds-lite', 'map-e'] as const;

const inboundFilterSchema = z.strictObject({
  /** `all`: everything unsolicited over IPv4, UDP and ICMP too; otherwise new TCP connections to these ports. */
  ports: portsSchema,
  action: z.enum(['drop', 'reset']).default('drop'),
});

const doubleNatSchema = z.strictObject({
  /** Whether the outer router answers UPnP, NAT-PMP and PCP to the inner one and to its LAN. */
  outerAnswers: z.boolean().default(false),
  /** External ports that the outer router forwards to the inner one's WAN address. */
  forwards: z.array(z.int().min(1).max(65_535)).default([]),
});

export const ispSchema = z.strictObject({
  kind: z.enum(ISP_KINDS).default('public'),
  /**
   * A second router between the provider and the home router: it has what the provider gives, and gives the home router
   * `DOUBLE_NAT.inner` in a network of its own. IPv6 passes it unfiltered.
   */
  doubleNat: doubleNatSchema.optional(),
  /** What the provider's router doesn't let in, over IPv4. */
  inboundFilter: z.array(inboundFilterSchema).default([]),
  /** Percent of the packets that are lost at the provider, each way and over both families. */
  loss: z.int().min(0).max(90).default(0),
});
