import type { CdnPlan } from '../../../model/cdn-plan.ts';
import type { CdnRefusal } from '../../../remedies/cdn/outcome.ts';
import { losesPortsText, lostNote, portsText } from '../lost-ports-text.ts';

type Loses = Extract<CdnRefusal, { code: 'loses-ports' }>;

/** Why it is not planned before the owner has said that the other ports may go. */
export const losesText = ({ name, lost, ipv4Only }: Loses): string =>
  ipv4Only
    ? `Over IPv4 ${name} also answers ${portsText(lost.ports)}. CloudFront carries the web only: nothing else would be reached under ${name} over IPv4 any more; over IPv6 it would, as before.`
    : losesPortsText(name, lost, 'CloudFront');

/** What was agreed to. */
export function lostNotes({ name, types, lost }: CdnPlan): string[] {
  if (types.includes('AAAA')) return lostNote(name, lost);
  return lost.length === 0
    ? []
    : [`Not reached under ${name} over IPv4 any more: ${portsText(lost)}. Over IPv6 nothing changes.`];
}
