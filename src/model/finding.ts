import { z } from 'zod';
import { DNS_FINDINGS } from './findings/dns.ts';
import { CONDITION_FINDINGS, FIREWALL_FINDINGS, LISTENER_FINDINGS } from './findings/host.ts';
import { LINE_FINDINGS } from './findings/line.ts';
import { FORWARD_FINDINGS, HAIRPIN_FINDINGS, ISP_FINDINGS, WAY_FINDINGS } from './findings/way.ts';

/** What a cause concludes from evidence: typed data. The sentences for it are in the report. */
export const findingSchema = z.discriminatedUnion('code', [
  ...DNS_FINDINGS,
  ...LINE_FINDINGS,
  ...WAY_FINDINGS,
  ...ISP_FINDINGS,
  ...FORWARD_FINDINGS,
  ...HAIRPIN_FINDINGS,
  ...FIREWALL_FINDINGS,
  ...LISTENER_FINDINGS,
  ...CONDITION_FINDINGS,
]);
export type Finding = z.infer<typeof findingSchema>;
export type FindingCode = Finding['code'];
export type FindingArgs<C extends FindingCode> = Extract<Finding, { code: C }>['args'];
