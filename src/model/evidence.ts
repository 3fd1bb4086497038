import { z } from 'zod';
import { addressSchema, familySchema, scopeSchema } from './address.ts';
import { answerSchema } from './dns-answer.ts';
import {
  arrivalsFactsSchema,
  firewallFactsSchema,
  listenersFactsSchema,
  routesFactsSchema,
  systemFactsSchema,
} from './facts/host.ts';
import { stunFactsSchema, traceFactsSchema } from './facts/path.ts';
import { placeFactsSchema } from './facts/place.ts';
import {
  mappingTrialFactsSchema,
  natPmpFactsSchema,
  pcpFactsSchema,
  toldFactsSchema,
  upnpFactsSchema,
} from './facts/router.ts';
import { udpLookSchema } from './facts/udp.ts';
import { identitySchema } from './identity.ts';
import { portSchema } from './port.ts';

/** Where an observation was made; `unknown` where reach4 couldn't tell whether this machine is the server. */
export const vantageSchema = z.enum(['server', 'lan', 'outside', 'unknown']);
export type Vantage = z.infer<typeof vantageSchema>;

/** Why a probe has no facts. `detail` is the text of whoever said no (a system error, an agent's answer). */
export const reasonSchema = z.object({
  code: z.enum([
    'not-consented',
    'no-tool',
    'no-privilege',
    'no-network',
    'timed-out',
    'unreachable',
    'refused',
    'unauthorised',
    'malformed',
    'too-large',
    'unsupported',
    'not-applicable',
    'interrupted',
  ]),
  detail: z.string().optional(),
});
export type Reason = z.infer<typeof reasonSchema>;

/** How one TCP connection attempt ended, as a plain socket can tell (design: no outcome is ever "fine"). */
export const tcpOutcomeSchema = z.object({
  outcome: z.enum([
    'connected',
    /** RST, or an ICMP port unreachable: Linux reports both as ECONNREFUSED. */
    'refused',
    'icmp-unreachable',
    'timed-out',
    /** This machine has no route for the family: says nothing about the far end. */
    'no-route',
    /** This machine's own firewall or policy stopped it. */
    'blocked-locally',
    'error',
  ]),
  /** The system's error code (ECONNREFUSED, EHOSTUNREACH, …); absent when connected. */
  code: z.string().optional(),
  /** Milliseconds until the outcome. */
  ms: z.number().min(0),
  /** The port that it came from, by which a witness at the far end knows it again. */
  localPort: portSchema.optional(),
});
export type TcpOutcome = z.infer<typeof tcpOutcomeSchema>;

const common = {
  /** Unique in its diagnosis, readable: `PROBE:OBSERVER:WHAT`, as in `reach:here:81.2.99.2`. */
  id: z.string().min(1),
  vantage: vantageSchema,
  /** When it was seen, ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** How long it took, milliseconds. */
  ms: z.number().min(0),
  /** A command by which a person can check it by hand. */
  how: z.string(),
};

const without = { status: z.enum(['failed', 'skipped']), reason: reasonSchema };

/** What one resolver answers, asked with recursion: the system's own, or the one an agent uses. */
export const resolverFactsSchema = z.object({
  server: addressSchema,
  a: answerSchema,
  aaaa: answerSchema,
});

/** The zone cut found by following referrals from the parent zone's servers. */
const delegationFactsSchema = z.object({
  name: z.string(),
  zone: z.string(),
  nameServers: z.array(z.object({ name: z.string(), addresses: z.array(addressSchema) })),
});

/** What one authoritative server answers, asked directly and without recursion. */
const authorityFactsSchema = z.object({
  /** The name asked for: the target's, or the end of its CNAME chain. */
  name: z.string(),
  zone: z.string(),
  server: z.object({ name: z.string(), address: addressSchema }),
  a: answerSchema,
  aaaa: answerSchema,
});

/** What programs on this machine get (getaddrinfo: hosts file, then resolvers). */
const osLookupFactsSchema = z.object({
  addresses: z.array(addressSchema),
  /** Addresses that the hosts file gives for the name; they hide what DNS says. */
  hostsFile: z.array(addressSchema),
});

const ownAddressSchema = z.object({
  address: addressSchema,
  family: familySchema,
  interface: z.string(),
  prefixLength: z.int().min(0).max(128),
  scope: scopeSchema,
  /** RFC 8981 temporary (privacy) address; null where the system wasn't able to tell. */
  temporary: z.boolean().nullable(),
  /** No longer preferred; null where the system wasn't able to tell. */
  deprecated: z.boolean().nullable(),
});
export type OwnAddress = z.infer<typeof ownAddressSchema>;

const addressesFactsSchema = z.object({ addresses: z.array(ownAddressSchema) });

/** The public address as a service on the internet sees it. */
const whoamiFactsSchema = z.object({
  service: z.string(),
  family: familySchema,
  address: addressSchema,
});

/** Why an address was probed. */
export const roleSchema = z.enum([
  'a-record',
  'aaaa-record',
  /** The public address that a whoami service saw. */
  'observed',
  /** `--ipv4`. */
  'given',
  /** An address of this machine's own. */
  'own',
  /** The target itself is an address. */
  'literal',
  /** The router's WAN address, as the router or the user said. */
  'wan',
  /** The router's address on the local network: what answers there is its own page. */
  'gateway',
  /** The server's address on the local network, tried by a neighbour. */
  'lan',
  /** The server's address on the local network, tried by itself: past every router, and past most firewalls. */
  'host',
  /** What programs of a neighbour get for the name, where it lies on their own local network. */
  'local-name',
  /** Another port that leads to the same service: the port differential. */
  'differential',
]);
export type AddressRole = z.infer<typeof roleSchema>;

/** TCP to one address and port, several times at the same moment, and who answered. */
export const reachFactsSchema = z.object({
  family: familySchema,
  address: addressSchema,
  port: portSchema,
  roles: z.array(roleSchema).min(1),
  attempts: z.array(tcpOutcomeSchema).min(1),
  /** Null when no attempt connected. */
  identity: identitySchema.nullable(),
});
export type ReachFacts = z.infer<typeof reachFactsSchema>;

/** A question over UDP to one address and port, several times at the same moment, and who answered. */
export const udpReachFactsSchema = udpLookSchema.extend({ roles: z.array(roleSchema).min(1) });
export type UdpReachFacts = z.infer<typeof udpReachFactsSchema>;

/** How reach4 came to know where it runs. */
export const vantageFactsSchema = z.object({
  vantage: vantageSchema,
  because: z.enum([
    'told',
    'has-target-address',
    'same-service-locally',
    'same-prefix',
    'other-line',
    'nothing-decides',
  ]),
  address: addressSchema.optional(),
});

function evidence<P extends string, F extends z.ZodType>(probe: P, facts: F) {
  return [
    z.object({ ...common, probe: z.literal(probe), status: z.literal('ok'), facts }),
    z.object({ ...common, probe: z.literal(probe), ...without }),
  ] as const;
}

/** Everything a probe can have seen, or why it has seen nothing. */
export const evidenceSchema = z.union([
  ...evidence('resolver', resolverFactsSchema),
  /** The same resolver a little later: a cache counts the TTL down, an override doesn't. */
  ...evidence('resolver-again', resolverFactsSchema),
  ...evidence('delegation', delegationFactsSchema),
  ...evidence('authority', authorityFactsSchema),
  ...evidence('os-lookup', osLookupFactsSchema),
  ...evidence('system', systemFactsSchema),
  ...evidence('addresses', addressesFactsSchema),
  ...evidence('whoami', whoamiFactsSchema),
  ...evidence('vantage', vantageFactsSchema),
  ...evidence('place', placeFactsSchema),
  ...evidence('reach', reachFactsSchema),
  ...evidence('udp-reach', udpReachFactsSchema),
  ...evidence('stun', stunFactsSchema),
  ...evidence('trace', traceFactsSchema),
  ...evidence('listeners', listenersFactsSchema),
  ...evidence('firewall', firewallFactsSchema),
  ...evidence('routes', routesFactsSchema),
  ...evidence('arrivals', arrivalsFactsSchema),
  ...evidence('upnp', upnpFactsSchema),
  ...evidence('nat-pmp', natPmpFactsSchema),
  ...evidence('pcp', pcpFactsSchema),
  ...evidence('told', toldFactsSchema),
  ...evidence('mapping-trial', mappingTrialFactsSchema),
]);
export type Evidence = z.infer<typeof evidenceSchema>;
export type ProbeCode = Evidence['probe'];
/** Evidence of one probe that has facts. */
export type Seen<P extends ProbeCode> = Extract<Evidence, { probe: P; status: 'ok' }>;

/** All evidence of one probe that has facts. */
export function seen<P extends ProbeCode>(evidence: readonly Evidence[], probe: P): Seen<P>[] {
  return evidence.filter((item): item is Seen<P> => item.probe === probe && item.status === 'ok');
}

/** Seen by this machine, not by an outside agent. */
export const isHere = ({ id }: Pick<Evidence, 'id'>): boolean => id.split(':')[1] === 'here';
