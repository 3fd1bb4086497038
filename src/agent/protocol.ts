import { z } from 'zod';
import {
  reachFactsSchema,
  reasonSchema,
  resolverFactsSchema,
  roleSchema,
  udpReachFactsSchema,
} from '../model/evidence.ts';
import { traceFactsSchema } from '../model/facts/path.ts';
import { udpProtocolSchema } from '../model/facts/udp.ts';
import { portSchema as port } from '../model/port.ts';
import { parseTarget } from '../model/target.ts';
import { ADDRESSES_PER_LOOK, OTHER_PORTS_PER_LOOK, RESOLVERS_PER_LOOK, TRACES_PER_LOOK } from './limits.ts';

/**
 * What travels between `reach4 diagnose --outside` and `reach4 agent`:
 *
 *     client                                      agent
 *     POST /v2/challenge                     ─▶
 *                                            ◀─   { challenge }
 *     POST /v2/look, headers challenge,      ─▶
 *       nonce, mac(request key, …); a look
 *                                            ◀─   an answer, header mac(answer key, …)
 *
 * Authenticated in both directions, not encrypted: addresses and outcomes can be read on the path. A TLS proxy before
 * the agent encrypts them; it may put the two paths under a prefix.
 */
export const PROTOCOL = 2;
export const CHALLENGE_PATH = '/v2/challenge';
export const LOOK_PATH = '/v2/look';

export const HEADER = {
  protocol: 'reach4-protocol',
  /** The agent's nonce, given back. */
  challenge: 'reach4-challenge',
  /** The client's nonce. */
  nonce: 'reach4-nonce',
  mac: 'reach4-mac',
} as const;

/** Nonces: base64url, so that they fit into a header and hold no newline; 128 bits at least. */
export const NONCE_TEXT = /^[\w-]{22,128}$/u;

export const challengeSchema = z.object({
  protocol: z.literal(PROTOCOL),
  challenge: z.string().regex(NONCE_TEXT),
});

export const refusalSchema = z.object({
  protocol: z.int(),
  error: z.enum(['version', 'unauthorised', 'malformed', 'too-large', 'too-many', 'not-found', 'bug']),
  /** For a person. */
  sentence: z.string(),
});
/** Why the agent answers nothing else. Unsigned: forging it does no more than dropping the connection. */
export type Refusal = z.infer<typeof refusalSchema>;

const nameSchema = z.string().max(253).refine(isInternetName, { error: 'not a host name of the internet' });

/** The agent's resolver may know names of its own network, and those are nobody's business. */
function isInternetName(name: string): boolean {
  try {
    const target = parseTarget(`tls://${name}:443`);
    return target.hostKind === 'name' && target.host === name;
  } catch {
    return false;
  }
}

/** Any short text: what isn't a public address is refused by itself, with the reason, not the whole look. */
const addressText = z.string().regex(/^[\x21-\x7e]{2,64}$/u);

const isEachOnce = (list: readonly object[]): boolean =>
  new Set(list.map((each) => JSON.stringify(each))).size === list.length;

const addressList = z
  .array(
    z.strictObject({
      address: addressText,
      roles: z.array(roleSchema).min(1).max(roleSchema.options.length),
    }),
  )
  .max(ADDRESSES_PER_LOOK)
  .refine((list) => new Set(list.map(({ address }) => address)).size === list.length, {
    error: 'an address is asked twice',
  });

export const lookRequestSchema = z
  .strictObject({
    addresses: addressList,
    /**
     * Addresses that are asked over UDP, at the same port; the name that a DNS question is about is the hint's. What is
     * sent the agent alone knows, by the protocol's name. Left out where nothing is asked: agents from before this take
     * no request that has it, and say so.
     */
    udp: z.strictObject({ protocol: udpProtocolSchema, addresses: addressList.min(1) }).optional(),
    port,
    hint: z.strictObject({
      protocol: z.enum(['tls', 'http', 'ssh', 'tcp']),
      name: nameSchema.nullable(),
      /** Path and query of an HTTP request: printable, so that no second header hides in it; 1024 characters do for a page. */
      path: z.string().regex(/^\/[\x21-\x7e]{0,1023}$/u),
    }),
    /** The name to ask the agent's own resolvers about; never dialled. */
    resolve: nameSchema.nullable(),
    /** The same service at other ports: tells a blocked port from a missing forward. */
    otherPorts: z
      .array(z.strictObject({ address: addressText, port }))
      .max(OTHER_PORTS_PER_LOOK)
      .refine(isEachOnce, { error: 'a port is asked twice' }),
    /** Ways to trace; without a port UDP takes its usual rising ones. */
    traces: z
      .array(
        z.strictObject({
          address: addressText,
          port: port.nullable(),
          method: z.enum(['udp', 'icmp', 'tcp']),
        }),
      )
      .max(TRACES_PER_LOOK)
      .refine(isEachOnce, { error: 'a trace is asked twice' }),
  })
  .refine(
    ({ addresses, udp, resolve, otherPorts, traces }) =>
      addresses.length + otherPorts.length + traces.length > 0 || udp !== undefined || resolve !== null,
    { error: 'nothing is asked' },
  );
/** One look at a service: its addresses at one port, other ports, the way there, and what the agent's resolvers say about the name. */
export type LookRequest = z.infer<typeof lookRequestSchema>;
export type AskedTrace = LookRequest['traces'][number];

const seen = <F extends z.ZodType>(facts: F) =>
  z.discriminatedUnion('status', [
    z.object({ status: z.literal('ok'), facts }),
    z.object({ status: z.enum(['failed', 'skipped']), reason: reasonSchema }),
  ]);

/** Only what the agent alone can know: the client makes evidence of it, with its own ids, times, vantage and commands. */
export const lookAnswerSchema = z.object({
  protocol: z.literal(PROTOCOL),
  reach: z.array(z.object({ address: z.string(), seen: seen(reachFactsSchema) })).max(ADDRESSES_PER_LOOK),
  /** Nothing from agents that weren't asked, or are older. */
  udp: z
    .array(z.object({ address: z.string(), seen: seen(udpReachFactsSchema) }))
    .max(ADDRESSES_PER_LOOK)
    .default([]),
  resolver: z.array(seen(resolverFactsSchema)).max(RESOLVERS_PER_LOOK),
  /** One for each asked, in the same order. */
  otherPorts: z.array(seen(reachFactsSchema)).max(OTHER_PORTS_PER_LOOK),
  traces: z.array(seen(traceFactsSchema)).max(TRACES_PER_LOOK),
});
export type LookAnswer = z.infer<typeof lookAnswerSchema>;
export type ReachSeen = LookAnswer['reach'][number]['seen'];
export type UdpSeen = LookAnswer['udp'][number]['seen'];
export type ResolverSeen = LookAnswer['resolver'][number];
export type TraceSeen = LookAnswer['traces'][number];
