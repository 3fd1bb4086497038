import { z } from 'zod';
import { portSchema } from './common.ts';

const serviceSchema = z.strictObject({
  /** `dns` and `wireguard` are over UDP; the latter is silent. */
  kind: z.enum(['https', 'http', 'ssh', 'dns', 'wireguard']),
  port: portSchema,
  /** `both` listens on `::` for both families; `4` on 0.0.0.0, `6` on `::` with IPV6_V6ONLY. */
  families: z.enum(['both', '4', '6']).default('both'),
  /** Another program than the home's service answers: with a key and a page of its own. */
  other: z.boolean().default(false),
  /**
   * One address instead of any, which then decides the family: the server's address in the LAN (192.168.77.10), its
   * global IPv6 address, 127.0.0.1 or ::1. List a port twice to have two of them.
   */
  bind: z.enum(['any', 'lan4', 'global6', 'loopback4', 'loopback6']).default('any'),
});
export type Service = z.infer<typeof serviceSchema>;

const SOFTWARE = ['nft', 'iptables-nft', 'iptables-legacy', 'ufw', 'firewalld'] as const;
/** What happens to new connections from the internet: `lan-only` lets in the LAN's addresses and drops the rest. */
const policySchema = z.enum(['accept', 'drop', 'reject', 'lan-only']);

const firewallSchema = z.strictObject({
  /** Several at once are separate sets of rules, all of which a packet has to pass. */
  software: z.enum(SOFTWARE),
  /** The ports of the services, over each family; all other ports are kept shut over both. */
  ipv4: policySchema,
  ipv6: policySchema.default('accept'),
});
export type ServerFirewall = z.infer<typeof firewallSchema>;

const dockerSchema = z.strictObject({
  /** `dual-stack`: published on 0.0.0.0 and [::], as Docker does; `ipv6-only`: published as `[::]:443:443` only. */
  publishes: z.enum(['dual-stack', 'ipv6-only']).default('dual-stack'),
  /** What a person put into DOCKER-USER against IPv4 from outside the LAN. */
  user: z.enum(['return', 'drop']).default('return'),
});

export const serverSchema = z.strictObject({
  /** None: the service is down. They run as the user nobody. */
  services: z.array(serviceSchema).prefault([
    { kind: 'https', port: 443 },
    { kind: 'http', port: 80 },
  ]),
  /**
   * `net.ipv6.bindv6only=1`; the services then open `::` as most programs do, without a word on IPV6_V6ONLY, and
   * so take IPv6 only.
   */
  bindv6only: z.boolean().default(false),
  firewall: z.array(firewallSchema).default([]),
  /** The services run in a container (172.17.0.2) and are published by Docker; `families` and `bind` then say nothing. */
  docker: dockerSchema.optional(),
  /** The server also has a temporary IPv6 address, which it prefers for what it sends. */
  temporaryAddress: z.boolean().default(false),
  /** An interface `tailscale0` with `EXTRA.tailscale4`, in the range of carrier-grade NAT; no route leads there. */
  tailscaleAddress: z.boolean().default(false),
  /** `default-route`: IPv4 leaves by the tunnel `wg0`, whose provider translates it into its own address (`INTERNET_HOSTS.vpn`). */
  vpn: z.enum(['none', 'default-route']).default('none'),
  /** Without it, replies to IPv4 clients outside the LAN have no way back. */
  ipv4DefaultRoute: z.boolean().default(true),
});
