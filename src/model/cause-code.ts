import { z } from 'zod';

/** The reasons why IPv4 fails, outermost layer first: the order of every report. */
export const CAUSE_CODES = [
  'dns',
  'cgnat',
  'isp-block',
  'port-forward',
  'host-firewall',
  'ipv6-only-listener',
  'hairpin',
] as const;
export const causeCodeSchema = z.enum(CAUSE_CODES);
export type CauseCode = z.infer<typeof causeCodeSchema>;
