import { z } from 'zod';
import { addressSchema, familySchema } from '../address.ts';
import { vantageSchema } from '../evidence.ts';
import { firewallSoftwareSchema } from '../facts/host.ts';
import { portSchema as port } from '../port.ts';
import { finding } from './finding-of.ts';

const addresses = z.array(addressSchema);
const where = {
  family: familySchema,
  software: firewallSoftwareSchema,
  table: z.string(),
  chain: z.string(),
  rule: z.string(),
  position: z.int().nullable(),
};

/** What the cause `host-firewall` concludes. */
export const FIREWALL_FINDINGS = [
  finding('firewall-blocks', {
    ...where,
    port,
    verdict: z.enum(['drop', 'reject']),
    path: z.enum(['input', 'forward', 'output']),
    source: z.enum(['internet', 'lan']),
  }),
  /** Neighbours get in, the internet doesn't. */
  finding('firewall-lan-only', { family: familySchema }),
  finding('firewall-accepts', where),
  /** Nothing on this machine filters the family. */
  finding('firewall-absent', { family: familySchema }),
  finding('firewall-unclear', { family: familySchema, why: z.string() }),
  /** The rules could not be read. */
  finding('firewall-unread', { why: z.enum(['no-privilege', 'no-tool', 'failed', 'not-here']) }),
  /** A neighbour's packets are dropped or rejected with a code that only filters use. */
  finding('neighbour-blocked', { address: addressSchema, outcome: z.string() }),
  finding('neighbour-gets-in', { address: addressSchema }),
] as const;

/** What the cause `ipv6-only-listener` concludes. */
export const LISTENER_FINDINGS = [
  finding('listens-both', { port, program: z.string().nullable() }),
  /** Bound to `::` with IPV6_V6ONLY. */
  finding('listens-v6only', { port, program: z.string().nullable(), bindv6only: z.boolean().nullable() }),
  /** Bound to IPv6 addresses of its own only. */
  finding('listens-on-address6', { port, program: z.string().nullable(), addresses }),
  /** IPv4 only on loopback, or on addresses that packets from outside don't come to. */
  finding('listens-on-loopback4', { port, program: z.string().nullable(), addresses }),
  /** IPv4 only at addresses of which nobody saw whether packets from outside come to them. */
  finding('listens-on-unplaced4', { port, program: z.string().nullable(), addresses }),
  finding('nothing-listens', { port }),
  finding('published-by-container', { port, container: z.string().nullable() }),
  finding('listeners-unread', { why: z.enum(['no-tool', 'failed', 'not-here']) }),
  /** Bound to `::`, and the tool doesn't say whether IPv4 is taken too. */
  finding('v6only-untold', { port, program: z.string().nullable() }),
  finding('ipv4-answers-locally', { address: addressSchema }),
  /** IPv4 is taken by a socket of its own; whether the same service stands behind it wasn't seen. */
  finding('separate-sockets', { port, programs: z.array(z.string()) }),
  /** On this machine's own IPv4 address another service answers than over IPv6. */
  finding('other-service-on-ipv4', { address: addressSchema, port, program: z.string().nullable() }),
  finding('ipv4-refused-locally', { address: addressSchema }),
] as const;

/** What is told apart from the causes. */
export const CONDITION_FINDINGS = [
  finding('refused-on-both', { port }),
  finding('service-down', { port, families: z.array(familySchema) }),
  finding('ipv6-fails', {
    address: addressSchema.nullable(),
    vantage: vantageSchema,
    outcome: z.string(),
    tries: z.int(),
  }),
  finding('path-flaky', {
    family: familySchema,
    address: addressSchema,
    vantage: vantageSchema,
    connected: z.int(),
    tries: z.int(),
  }),
  finding('no-ipv4-route', { from: addressSchema.nullable() }),
  finding('replies-leave-by', { interface: z.string(), arrivesBy: z.string(), tunnel: z.boolean() }),
  finding('replies-unseen', { packets: z.int() }),
  finding('works-everywhere', {}),
] as const;
