import { z } from 'zod';
import { portSchema, portsSchema } from './common.ts';

const forwardSchema = z.strictObject({
  /** External. */
  port: portSchema,
  /** At the host that it leads to; the same as outside unless given. */
  toPort: portSchema.optional(),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  /** `nobody`: an address of the LAN that no host has. */
  to: z.enum(['server', 'laptop', 'nobody']).default('server'),
  /**
   * Made over UPnP, by the host that it leads to, so that UPnP lists it. Otherwise set by hand on the router's page,
   * which UPnP (as that of most routers) doesn't list. Needs `upnp.igd`.
   */
  listed: z.boolean().default(false),
});
export type Forward = z.infer<typeof forwardSchema>;
export type ForwardInput = z.input<typeof forwardSchema>;
export const forwardsSchema = z.array(forwardSchema);

export const routerFirewallSchema = z.union([
  z.literal('open'),
  z.strictObject({
    ports: portsSchema,
    action: z.enum(['drop', 'reject']).default('drop'),
    /** `early`: before the router counts the packet as one that it passes on, so that no trace shows the router. */
    where: z.enum(['forwarding', 'early']).default('forwarding'),
  }),
]);
export type RouterFirewall = z.infer<typeof routerFirewallSchema>;
export type RouterFirewallInput = z.input<typeof routerFirewallSchema>;

const upnpSchema = z.strictObject({
  /** UPnP: SSDP and the WANIPConnection service. */
  igd: z.boolean().default(true),
  natPmp: z.boolean().default(true),
  pcp: z.boolean().default(true),
  /**
   * Whether the router tells a WAN address that isn't public. As real ones: some tell it, others answer an empty
   * address (UPnP) or result 3 (NAT-PMP).
   */
  tellsPrivateWan: z.boolean().default(true),
});
export type UpnpSettings = z.infer<typeof upnpSchema>;

export const routerSchema = z.strictObject({
  /** Ports of the WAN's IPv4 address that lead into the LAN. */
  forwards: forwardsSchema.prefault([{ port: 443 }, { port: 80 }]),
  page: z
    .strictObject({
      /** The router's own page answers on 80 and 443 of its WAN too, where no forward takes them. */
      wan: z.boolean().default(false),
    })
    .prefault({}),
  /** What the router's firewall keeps out over IPv4 in spite of the forwards; ports are the external ones. */
  firewall: routerFirewallSchema.default('open'),
  /** The router puts its own address on the LAN into what it forwards, as some do. */
  masquerades: z.boolean().default(false),
  /** What the router tells the LAN, and takes from it. */
  upnp: upnpSchema.prefault({}),
  /** Whether connections that begin outside reach the LAN over IPv6. */
  ipv6Firewall: z.enum(['open', 'blocks']).default('open'),
  /**
   * What a LAN host gets at the WAN's IPv4 address: the forwarded service (`on`), nothing (`off`), or the router's
   * own web page (`router-page`), the usual source of a wrong diagnosis.
   */
  hairpin: z.enum(['on', 'off', 'router-page']).default('on'),
  /** What a port of the WAN's IPv4 address that isn't forwarded answers: nothing, a TCP reset or an ICMP error. */
  unforwarded: z.enum(['drop', 'reset', 'icmp']).default('drop'),
});
export type RouterSettings = z.infer<typeof routerSchema>;
