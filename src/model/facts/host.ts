import { z } from 'zod';
import { addressSchema, familySchema } from '../address.ts';
import { portSchema as port } from '../port.ts';

const systemSchema = z.enum(['linux', 'windows', 'macos', 'other']);
/** The operating system that commands are written for. */
export type System = z.infer<typeof systemSchema>;

/** What kind of machine it is: the words in which everything else has to be asked for and changed. */
export const systemFactsSchema = z.object({
  system: systemSchema,
  /** As the system tells it: the kernel's release, for Windows and macOS its version; null where it doesn't. */
  release: z.string().nullable(),
  /** Root, or an elevated administrator; null where it can't be told. */
  privileged: z.boolean().nullable(),
});

/** One socket that waits for connections on this machine. */
const listeningSocketSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  family: familySchema,
  /** The address it is bound to; null for all of them. An IPv4-mapped address is told as IPv4. */
  address: addressSchema.nullable(),
  port,
  /** Of a socket bound to `::`: true takes IPv6 only, false both families, null where the tool doesn't tell. */
  v6only: z.boolean().nullable(),
  /** Bound to one interface only (SO_BINDTODEVICE), or the zone of a link-local address. */
  interface: z.string().nullable(),
  /** Null where the privilege to see it is missing. `unit` is the systemd unit, where there is one. */
  program: z.object({ name: z.string(), pid: z.int().nullable(), unit: z.string().nullable() }).nullable(),
  /** Name or id of the container that the port is published for. */
  container: z.string().nullable(),
});
export type ListeningSocket = z.infer<typeof listeningSocketSchema>;

/** What listens on this machine. */
export const listenersFactsSchema = z.object({
  tool: z.enum(['ss', 'netstat', 'proc', 'powershell', 'lsof']),
  sockets: z.array(listeningSocketSchema),
  /** net.ipv6.bindv6only: what programs get that don't choose; null where it can't be read. */
  bindv6only: z.boolean().nullable(),
  /** There are more sockets than were kept. */
  truncated: z.boolean(),
});

export const firewallSoftwareSchema = z.enum([
  'nftables',
  'iptables-nft',
  'iptables-legacy',
  'ufw',
  'firewalld',
  'docker',
  'windows-firewall',
  'macos-application-firewall',
  'pf',
]);
export type FirewallSoftware = z.infer<typeof firewallSoftwareSchema>;

/** The rule, or the chain's policy, that decided. */
const decidingRuleSchema = z.object({
  /** Who manages the rule: the tool in whose words it has to be changed. */
  software: firewallSoftwareSchema,
  /** As nft names it, family included: `inet filter`; for iptables the table: `filter`. */
  table: z.string(),
  chain: z.string(),
  /** As its tool prints it; for a policy the chain's declaration. */
  rule: z.string(),
  /** From 1 within its chain; null for a policy. */
  position: z.int().min(1).nullable(),
  /** nft's handle of the rule, where there is one. */
  handle: z.int().nullable(),
  isPolicy: z.boolean(),
});
export type DecidingRule = z.infer<typeof decidingRuleSchema>;

/** What happens to the first packet of a connection, as the rules say. */
const firewallDecisionSchema = z.object({
  family: familySchema,
  /** `internet`: from some public address; `lan`: from a neighbour on the server's own network. */
  source: z.enum(['internet', 'lan']),
  /** The address of this machine that the packet is for, before any translation here. */
  destination: addressSchema,
  port,
  verdict: z.enum(['accept', 'drop', 'reject', 'unknown']),
  /** `forward`: translated to a container; `output`: let in, but the reply is not let out. */
  path: z.enum(['input', 'forward', 'output']),
  /** Null where nothing filters, and for `unknown`. */
  by: decidingRuleSchema.nullable(),
  /** Where it is translated to (a published port); null where it isn't. */
  translatedTo: z.object({ address: addressSchema, port }).nullable(),
  /** What could not be evaluated, for `unknown`: the rule or the tool's complaint. */
  unknownBecause: z.string().nullable(),
});
export type FirewallDecision = z.infer<typeof firewallDecisionSchema>;

/** The host's firewall, walked with the first packet of a connection to the target's port. */
export const firewallFactsSchema = z.object({
  /** What was found and whether it filters anything. */
  software: z.array(z.object({ name: firewallSoftwareSchema, active: z.boolean() })),
  /** The interface by which packets were taken to arrive. */
  interface: z.string().nullable(),
  decisions: z.array(firewallDecisionSchema),
});

/** By which way this machine sends what it answers. */
export const routesFactsSchema = z.object({
  /** For each own address on the local network: where a reply from it to the internet leaves. */
  replies: z.array(
    z.object({
      family: familySchema,
      from: addressSchema,
      /** The interface that holds `from`. */
      arrivesBy: z.string(),
      /** Null where there is no route. */
      leavesBy: z.string().nullable(),
      via: addressSchema.nullable(),
    }),
  ),
  defaults: z.array(
    z.object({
      family: familySchema,
      interface: z.string(),
      via: addressSchema.nullable(),
      metric: z.int().nullable(),
    }),
  ),
  interfaces: z.array(
    z.object({
      name: z.string(),
      /** As `ip -d link` names it: wireguard, tun, bridge, veth, …; null for hardware. */
      kind: z.string().nullable(),
      /** Point to point, or of a kind or name that VPNs use. */
      tunnel: z.boolean(),
    }),
  ),
});
export type RoutesFacts = z.infer<typeof routesFactsSchema>;

/** TCP connection requests, or datagrams to the service's port, that reached this machine while an outside vantage sent them, and what left for them. */
export const arrivalsFactsSchema = z.object({
  tool: z.enum(['tcpdump', 'conntrack']),
  port,
  /** How long it watched, milliseconds. */
  watchedMs: z.number().min(0),
  /** SYNs or datagrams, summed; also those from the local network: a router may put its own address into what it forwards. */
  arrivals: z.array(
    z.object({
      family: familySchema,
      from: addressSchema,
      to: addressSchema,
      /** The port that they came to: another than the service's shows a forward to the wrong port. */
      port,
      /** The senders' ports, at most 64: a look from outside is known by them. */
      sourcePorts: z.array(port).default([]),
      interface: z.string().nullable(),
      packets: z.int().min(1),
    }),
  ),
  /** What this machine sent back. */
  replies: z.array(
    z.object({
      family: familySchema,
      to: addressSchema,
      port,
      kind: z.enum(['syn-ack', 'rst', 'icmp', 'datagram']),
      interface: z.string().nullable(),
      packets: z.int().min(1),
    }),
  ),
});
export type ArrivalsFacts = z.infer<typeof arrivalsFactsSchema>;
