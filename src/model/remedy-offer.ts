import { z } from 'zod';
import { addressSchema } from './address.ts';
import { causeCodeSchema } from './cause-code.ts';
import { portSchema as port } from './port.ts';
import { shellSchema } from './shell.ts';

const recordChangeSchema = z.object({
  type: z.enum(['A', 'AAAA']),
  from: z.array(addressSchema),
  to: addressSchema,
  /** The evidence that saw `to` answer as the service. */
  seenIn: z.string(),
});

/** Diagnoses from before there were others are for a POSIX shell. */
const shell = shellSchema.default('sh');

/** Something that a person does by hand, exactly as it has to be typed or set. */
const manualChangeSchema = z.discriminatedUnion('kind', [
  /** Commands of one shell, one after another: as root where `root`, and in Windows' shells as an elevated administrator. */
  z.object({ kind: z.literal('commands'), root: z.boolean(), shell, commands: z.array(z.string()).min(1) }),
  /** A configuration file: the line that is there (null adds one) and the one that takes its place (null removes it). */
  z.object({
    kind: z.literal('edit'),
    root: z.boolean(),
    /** Of `load`, and with it the system that the file is on. */
    shell,
    file: z.string(),
    edits: z.array(z.object({ find: z.string().nullable(), replace: z.string().nullable() })).min(1),
    /** Commands that check and load it. */
    load: z.array(z.string()),
  }),
  /** A form of the router or of a registrar: field names as most call them, and what goes into them. */
  z.object({
    kind: z.literal('form'),
    form: z.string(),
    fields: z.array(z.object({ field: z.string(), value: z.string() })).min(1),
  }),
  /** Something to send to somebody. */
  z.object({ kind: z.literal('message'), to: z.string(), text: z.string() }),
]);
export type ManualChange = z.infer<typeof manualChangeSchema>;

const manualStepSchema = z.object({
  where: z.enum(['server', 'router', 'outer-router', 'dns', 'provider', 'outside', 'lan-client']),
  /** For which software or device the words are: nftables, ufw, nginx, systemd, "your router", … */
  software: z.string(),
  /** What it does, in a few words. */
  does: z.string(),
  change: manualChangeSchema,
  /** What takes it back; null where nothing is left to take back (a message, a command that ends by itself). */
  undo: manualChangeSchema.nullable(),
});
export type ManualStep = z.infer<typeof manualStepSchema>;

const offered = {
  /** Causes that the remedy cures. */
  cures: z.array(causeCodeSchema),
  /** US dollars a month; null where somebody else names the price, or it depends on what the user has already. */
  monthlyUSD: z.number().min(0).nullable(),
  /** Protocols that it carries. */
  carries: z.enum(['everything', 'web', 'tcp', 'lan']),
  /** About how long it takes, minutes; null where it waits for somebody's answer. */
  minutes: z.number().positive().nullable(),
};

const manual = {
  ...offered,
  /** In this order; alternatives are separate entries of `ways`. */
  ways: z.array(z.object({ for: z.string(), steps: z.array(manualStepSchema).min(1) })).min(1),
  /** What it loses or costs otherwise, each a short sentence. */
  loses: z.array(z.string()),
};

export const remedyOfferSchema = z.discriminatedUnion('remedy', [
  z.object({
    remedy: z.literal('a-record'),
    ...offered,
    /** Where the records belong: the name itself, or the end of its CNAME chain. */
    name: z.string(),
    changes: z.array(recordChangeSchema).min(1),
  }),
  z.object({ remedy: z.literal('port-forward'), ...manual }),
  z.object({ remedy: z.literal('host-firewall'), ...manual }),
  z.object({ remedy: z.literal('listener'), ...manual }),
  z.object({ remedy: z.literal('hairpin'), ...manual }),
  z.object({
    remedy: z.literal('isp'),
    ...manual,
    /** Another port of the line at which the service was seen to answer from outside; null where none was. */
    alternatePort: port.nullable(),
  }),
  z.object({ remedy: z.literal('other-tunnels'), ...manual }),
  z.object({
    remedy: z.literal('edge-proxy'),
    ...offered,
    /** The name that becomes proxied. */
    name: z.string(),
    /** Its IPv6 addresses at which the service was seen to answer. */
    origin: z.array(addressSchema).min(1),
    /** What it loses or changes otherwise, each a short sentence. */
    loses: z.array(z.string()),
  }),
  z.object({
    remedy: z.literal('tunnel'),
    ...offered,
    /** Where cloudflared on the server finds the service. */
    service: z.string(),
    /** What it loses or costs otherwise, each a short sentence. */
    loses: z.array(z.string()),
  }),
  z.object({
    remedy: z.literal('relay'),
    ...offered,
    /** Where it leads to: the name, whose AAAA is followed, or the IPv6 address. */
    origin: z.string(),
    /** Gigabytes a month that the price includes, and US dollars for each one beyond. */
    traffic: z.object({ includedGB: z.number().min(0), perGBUSD: z.number().min(0) }),
    /** What it loses or costs otherwise, each a short sentence. */
    loses: z.array(z.string()),
  }),
  z.object({
    remedy: z.literal('cdn'),
    ...offered,
    /** The name that visitors use. */
    name: z.string(),
    /** Gigabytes a month that are free, and US dollars for each one beyond. */
    traffic: z.object({ includedGB: z.number().min(0), perGBUSD: z.number().min(0) }),
    /** What it loses or costs otherwise, each a short sentence. */
    loses: z.array(z.string()),
  }),
]);
export type RemedyOffer = z.infer<typeof remedyOfferSchema>;
export type RemedyCode = RemedyOffer['remedy'];
export const REMEDY_CODES = remedyOfferSchema.options.map((option) => option.shape.remedy.value);
