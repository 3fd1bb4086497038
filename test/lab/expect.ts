import { z } from 'zod';
import { type CauseCode, causeCodeSchema } from '../../src/model/cause-code.ts';

/**
 * The verdict on each cause as a letter, in the order of `CAUSE_CODES` (dns, cgnat, isp-block, port-forward,
 * host-firewall, ipv6-only-listener, hairpin): C confirmed, S suspected, R ruled out, U unknown. `*` where chance
 * decides: anything that isn't false.
 */
const verdictsSchema = z.string().regex(/^[CSRU*]( [CSRU*]){6}$/u);

const triSchema = z.enum(['yes', 'no', 'unknown', '*']);

const seenSchema = z.strictObject({
  verdicts: verdictsSchema,
  /** Whether a client on the internet gets the service over the family. */
  ipv4: triSchema,
  ipv6: triSchema,
  /** Of the process: 0 IPv4 works, 1 it doesn't and a cause is confirmed or suspected, 3 otherwise. */
  exit: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal('*')]),
  /** Conditions by their code; with a `?` those that are only suspected. `*`: chance decides. */
  conditions: z.union([z.array(z.string()), z.literal('*')]),
});
/** What one diagnosis has to say. */
export type Expected = z.infer<typeof seenSchema>;

/** What a world's author expects of each set of evidence, written down before the code that judges it. */
export const expectSchema = z.strictObject({
  /** The causes that really hold: IPv4 stays broken for clients (`hairpin`: on the LAN) until each is put right. */
  truth: z.array(causeCodeSchema),
  /** On the server as root, with an agent outside. */
  rootAgent: seenSchema,
  /** On the server as an ordinary user, with an agent outside. */
  userAgent: seenSchema,
  /** On the server as root, alone. */
  root: seenSchema,
  /** On the server as an ordinary user, alone. */
  user: seenSchema,
  /** On a host on the internet, alone. */
  outside: seenSchema,
  /** On a neighbour in the server's network, with an agent outside. */
  lan: seenSchema.optional(),
});
type Expectation = z.infer<typeof expectSchema>;
export type EvidenceSet = Exclude<keyof Expectation, 'truth'>;

type Seen = { verdicts: string; ipv4: Expected['ipv4']; ipv6: Expected['ipv6']; conditions?: string[] };

/** Any diagnosis; the exit code follows from the rest. */
export function seen({ verdicts, ipv4, ipv6, conditions = [] }: Seen): Expected {
  const named = verdicts.includes('C') || verdicts.includes('S');
  return { verdicts, ipv4, ipv6, conditions, exit: ipv4 === 'yes' ? 0 : named ? 1 : 3 };
}

/** Looked at from outside: both families work. */
export const works = (verdicts: string, conditions = ['healthy']): Expected =>
  seen({ verdicts, ipv4: 'yes', ipv6: 'yes', conditions });

/** Looked at from outside: IPv6 works and IPv4 doesn't. */
export const dead = (verdicts: string, conditions: string[] = []): Expected =>
  seen({ verdicts, ipv4: 'no', ipv6: 'yes', conditions });

/** Nobody looked from outside. */
export const unseen = (verdicts: string, conditions: string[] = []): Expected =>
  seen({ verdicts, ipv4: 'unknown', ipv6: 'unknown', conditions });

/** Nobody looked from outside; but DNS gives no address at which IPv4 could work. */
export const noAddress = (verdicts: string, conditions: string[] = []): Expected =>
  seen({ verdicts, ipv4: 'no', ipv6: 'unknown', conditions });

/** From outside alone, with nothing to tell why IPv4 is dead. */
export const OUTSIDE_DEAD: Expected = dead('U U U U U U U');
/** From outside alone, where the service answers over both families. */
export const OUTSIDE_WORKS: Expected = works('R R R R R R U');
/** From outside alone, where the name has no A: the line's address isn't known there. */
export const OUTSIDE_NO_A: Expected = dead('S U U U U U U');

/** Of a cause in a row. */
export function letterOf(verdicts: string, code: CauseCode): string {
  return verdicts.split(' ')[causeCodeSchema.options.indexOf(code)] ?? 'U';
}

/** Chance decides what gets through; what is said must not be false all the same. */
export const chance = (verdicts: string): Expected => ({
  verdicts,
  ipv4: '*',
  ipv6: '*',
  exit: '*',
  conditions: '*',
});
