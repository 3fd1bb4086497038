import { z } from 'zod';
import { portSchema as port } from '../../model/port.ts';

/** Characters of one text of Windows; a path has up to 32,767, but none that matters here has as many. */
const text = z.string().max(4_096);
const texts = z.array(text).max(10_000);
const pid = z.int().min(0);

const list = <T extends z.ZodType>(of: T) => z.object({ list: z.array(of).max(50_000) });
const socket = z.object({ address: text, port, pid });

/** One inbound rule of the active policy, with its filters; what the filters lack is empty and matches nobody knows what. */
const ruleSchema = z.object({
  /** InstanceID: unique, and what Set-NetFirewallRule takes as -Name. */
  id: text,
  /** DisplayName, in the system's language. */
  name: text,
  action: text,
  profile: text,
  owner: text,
  source: text,
  /** RemoteDynamicKeywordAddresses: lists of addresses that are kept elsewhere. */
  keywords: texts,
  /** PolicyAppId and PackageFamilyName: further ways to say for which program it is. */
  conditions: texts,
  /** EnforcementStatus as numbers (MSFT_NetFirewallRule). */
  enforcement: z.array(z.int()).max(64),
  protocol: text,
  localPort: texts,
  remotePort: texts,
  dynamic: text,
  localAddress: texts,
  remoteAddress: texts,
  program: text,
  package: text,
  service: text,
  alias: texts,
  type: text,
  authentication: text,
  encryption: text,
  overrides: text,
  localUser: text,
  remoteUser: text,
  remoteMachine: text,
});
export type WindowsRule = z.infer<typeof ruleSchema>;

/** What each section of the script tells, as it prints it. */
export const SECTIONS = {
  system: z.object({
    version: text,
    productType: z.int(),
    language: z.int(),
    powershell: text,
    languageMode: text,
    elevated: z.boolean().nullable(),
    environment: z.record(z.string().max(64), text),
  }),
  addresses: list(
    z.object({ alias: text, address: text, prefixLength: z.int(), suffixOrigin: text, state: text }),
  ),
  // Every Windows listens on some port of both (RPC's 135, DNS and name look-ups), and has enabled rules from the start:
  // an empty table is one that couldn't be read, which the cmdlets don't always tell from one without entries.
  listeners: z.object({ tcp: z.array(socket).min(1).max(50_000), udp: z.array(socket).min(1).max(100_000) }),
  netstat: z.object({ lines: z.array(text).max(200_000) }),
  processes: list(z.object({ pid, name: text, path: text, services: texts })),
  adapters: list(z.object({ alias: text, description: text, type: z.int() })),
  routes: z.object({
    list: z
      .array(
        z.object({
          alias: text,
          prefix: text,
          nextHop: text,
          routeMetric: z.int(),
          interfaceMetric: z.int().nullable(),
        }),
      )
      .max(1_000),
    replies: z.array(z.object({ from: text, arrivesBy: text, leavesBy: text, nextHop: text })).max(64),
  }),
  'firewall-profiles': z.object({
    /** State of the service MpsSvc. */
    service: text,
    profiles: z
      .array(
        z.object({
          name: text,
          enabled: text,
          inbound: text,
          allowInboundRules: text,
          allowLocalRules: text,
          disabledOn: texts,
        }),
      )
      .max(8),
    networks: z.array(z.object({ alias: text, category: text })).max(1_000),
  }),
  'firewall-products': z.object({ names: texts }),
  'firewall-rules': z.object({ list: z.array(ruleSchema).min(1).max(50_000) }),
} as const;

export type SectionName = keyof typeof SECTIONS;
export type SectionFacts<N extends SectionName> = z.infer<(typeof SECTIONS)[N]>;
