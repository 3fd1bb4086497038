import { z } from 'zod';
import { addressSchema, familySchema } from '../address.ts';
import { portSchema as port } from '../port.ts';

/** What is asked of a UDP port: `none` sends one byte, to which nobody has to answer. */
export const udpProtocolSchema = z.enum([
  'dns',
  'quic',
  'wireguard',
  'stun',
  'bedrock',
  'source-query',
  'none',
]);
export type UdpProtocol = z.infer<typeof udpProtocolSchema>;

/** How one question over UDP ended, as a connected socket can tell. Silence is never an answer, and never a refusal. */
const udpOutcomeSchema = z.object({
  outcome: z.enum([
    /** Something came back that fits the question; for `none`, anything. */
    'answered',
    'silent',
    /** ICMP port unreachable: from the host itself, or from whoever stands before it. */
    'refused',
    /** Another ICMP unreachable, as far as the system tells of it. */
    'icmp-unreachable',
    /** This machine has no route for the family: says nothing about the far end. */
    'no-route',
    /** This machine's own firewall or policy stopped it. */
    'blocked-locally',
    /** Among others `EBADMSG`: something came back that is no answer to the question. */
    'error',
  ]),
  /** The system's error code (ECONNREFUSED, …); absent where it answered or was silent. */
  code: z.string().max(64).optional(),
  /** Milliseconds until the outcome. */
  ms: z.number().min(0),
  /** The port that it came from, by which a witness at the far end knows it again. */
  localPort: port.optional(),
});
export type UdpOutcome = z.infer<typeof udpOutcomeSchema>;

/** Who answered over UDP, as far as an answer tells. */
export const datagramIdentitySchema = z.object({
  kind: z.literal('datagram'),
  protocol: udpProtocolSchema,
  /** What it says of itself, for people; empty where it says nothing. */
  says: z.string().max(300),
  /** What one service alone says, alike over both families; null where the answer holds no such thing. */
  unique: z.string().max(300).nullable(),
});
export type DatagramIdentity = z.infer<typeof datagramIdentitySchema>;

/** One question to one address and port, several times at the same moment, and who answered. */
export const udpLookSchema = z.object({
  family: familySchema,
  address: addressSchema,
  port,
  protocol: udpProtocolSchema,
  attempts: z.array(udpOutcomeSchema).min(1),
  /** Null when no attempt was answered. */
  identity: datagramIdentitySchema.nullable(),
});
