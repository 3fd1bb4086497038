import type { ARecordPlan } from '../../../model/plan.ts';
import type { Target } from '../../../model/target.ts';
import type { Decision, Refusal } from '../../../remedies/a-record/outcome.ts';
import type { Page } from '../../../report/page.ts';
import { noPlanText, ttlText } from '../plan-words.ts';
import { COMPUTED } from '../relay/dns-text.ts';
import { AT, hintsText, notesOf, recordText } from './text.ts';

interface Around {
  /** Where the zone is, or was looked for. */
  readonly provider: ARecordPlan['provider'];
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
  /** What the account holds instead, where the zone is missing. */
  readonly zoneSentence: string | null;
  /** The diagnosis offers a relay. */
  readonly relay: boolean;
}

/** Why nothing is planned: what is in the way, and what to type to go on. */
export function refusalText(
  target: Target,
  { refusals, notes }: Extract<Decision, { ok: false }>,
  around: Around,
  page: Page,
): string {
  const because = refusals.map((refusal) => sentence(refusal, around));
  const shown = notesOf(notes, around.staleHours);
  return noPlanText(target.host, because, shown, nextCommands(refusals, around.relay), page);
}

function sentence(refusal: Refusal, { provider, zoneSentence }: Around): string {
  switch (refusal.code) {
    case 'no-offer':
      return 'The diagnosis offers no record to write: either DNS is not the cause, or no address was seen to answer as the service does over IPv6.';
    case 'unproven':
      return `${refusal.address} was not seen to answer as the service does over IPv6, or is no public address, so no ${refusal.type} record is pointed to it; diagnose again.`;
    case 'no-zone': {
      const alias =
        refusal.aliasOf === null
          ? ''
          : `${refusal.aliasOf} is an alias (CNAME) of ${refusal.name}, where the record belongs. `;
      return `${alias}${zoneSentence ?? `The account has no zone for ${refusal.name}`}; expected ${provider === 'cloudflare' ? 'a token' : 'credentials'} for the account that holds its zone, or change the record there by hand.`;
    }
    case 'cname':
      return `${refusal.name} is an alias (CNAME) of ${refusal.to} in the zone, and nothing may stand beside a CNAME: the address belongs to ${refusal.to}, which is changed where its zone is.`;
    case 'delegated':
      return `${refusal.at} is handed over to other name servers (NS records in the zone), so records for ${refusal.name} at ${AT[provider]} would have no effect; change them where those servers get them.`;
    case 'computed':
      return `The ${refusal.type} record of ${refusal.name} ${COMPUTED[refusal.how]}, so it holds no plain addresses that could be kept and put back; make it a simple record, or take it out, and plan again.`;
    case 'moved':
      return `The stack is up, and its records are those of ${refusal.from.name} in the zone ${refusal.from.zone} at ${AT[refusal.from.provider]}; they can't move while it is: take it down first (reach4 down), or plan another stack (--stack NAME).`;
    case 'proxied':
      return `${refusal.records.map(recordText).join(' and ')} ${refusal.records.length === 1 ? 'is' : 'are'} proxied by Cloudflare: visitors get Cloudflare's addresses, over IPv4 too. reach4 doesn't touch proxied records.`;
    case 'exists':
      return `There is already ${refusal.records.map((record) => `${recordText(record)} (${ttlText(record.ttl, provider)}${record.comment === null ? '' : `, "${record.comment}"`})`).join(' and ')}, which this stack did not make. It is not overwritten unless you say so.`;
    case 'dynamic':
      return `${recordText(refusal.record)} looks kept by something else, such as a dynamic DNS client: ${hintsText(refusal.hints)}. Two that write one record would fight.`;
    case 'already-right':
      return `${refusal.records.map(recordText).join(' and ')} is right already: nothing needs to be written. Old copies in caches run out by themselves; reach4 verify tells when.`;
  }
}

function nextCommands(refusals: readonly Refusal[], relay: boolean): string[] {
  if (relay && refusals.some(({ code }) => code === 'no-offer')) {
    return ['reach4 plan --remedy relay   a host elsewhere that forwards, and what it costs'];
  }
  if (refusals.some(({ code }) => code !== 'exists' && code !== 'dynamic')) return [];
  if (refusals.some(({ code }) => code === 'dynamic')) {
    return [
      'reach4 plan --remedy a-record --leave-content   take the record over, but leave its address to whatever keeps it',
      'reach4 plan --remedy a-record --own-content     take it over and set its address (first stop what keeps it)',
    ];
  }
  return [
    'reach4 plan --remedy a-record --adopt   take it over; its old value is kept and comes back when the stack goes',
  ];
}
