import type { Target } from '../../../model/target.ts';
import type { NameRefusal } from '../../../remedies/dns-records/cloudflare-name.ts';
import type { EdgeDecision, EdgeRefusal } from '../../../remedies/edge-proxy.ts';
import type { Page } from '../../../report/page.ts';
import { recordText } from '../a-record/text.ts';
import { losesPortsNext, losesPortsText } from '../lost-ports-text.ts';
import { nameNext, nameRefusal } from '../name-text.ts';
import { noPlanText, staleNote } from '../plan-words.ts';
import { noteText } from './text.ts';

interface Around {
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
  /** What the account holds instead, where the zone is missing. */
  readonly zoneSentence: string | null;
  /** The zone of the name; the name itself where nobody knows. */
  readonly zone: string;
  /** Why the diagnosis doesn't offer it. */
  readonly whyNot: string | null;
}

const COMMAND = 'reach4 plan --remedy edge-proxy';

/** Why nothing is planned: what is in the way, and what to type to go on. */
export function refusalText(
  target: Target,
  { refusals, notes }: Extract<EdgeDecision, { ok: false }>,
  around: Around,
  page: Page,
): string {
  return noPlanText(
    target.host,
    refusals.map((refusal) => sentence(refusal, around)),
    [...staleNote(around.staleHours), ...notes.map(noteText)],
    next(refusals, around.zone),
    page,
  );
}

function sentence(refusal: EdgeRefusal, { zoneSentence, whyNot }: Around): string {
  switch (refusal.code) {
    case 'no-offer':
      return `The diagnosis doesn't offer it${whyNot === null ? '' : `: ${whyNot}`}.`;
    case 'no-aaaa':
      return `${refusal.name} has no AAAA record in the zone, so Cloudflare would have nothing to fetch from.`;
    case 'unproven':
      return `${recordText(refusal.record)} was not seen to answer as the service (${refusal.proven.join(', ') || 'nothing'} was), so it is not put behind the proxy${refusal.isUp ? '. Through the proxy, a diagnosis cannot see whether it answers' : '; diagnose again'}.`;
    case 'one-family':
      return `${recordText(refusal.record)} is set to give visitors addresses of one family only; take that setting out at Cloudflare first.`;
    case 'loses-ports':
      return losesPortsText(refusal.name, refusal.lost, 'Cloudflare');
    default:
      return nameRefusal(refusal, zoneSentence);
  }
}

const isNameRefusal = (refusal: EdgeRefusal): refusal is NameRefusal =>
  !['no-offer', 'no-aaaa', 'unproven', 'one-family', 'loses-ports'].includes(refusal.code);

function next(refusals: readonly EdgeRefusal[], zone: string): string[] {
  const [loses] = refusals.flatMap((refusal) => (refusal.code === 'loses-ports' ? [refusal] : []));
  if (refusals.every((each) => each.code === 'unproven' && each.isUp)) {
    return [
      `${COMMAND} --leave-content   leave the address as it is`,
      'reach4 down   and then reach4 diagnose, which sees the server itself, and plan again',
    ];
  }
  if (refusals.some(({ code }) => code === 'no-offer' || code === 'unproven')) {
    return ['reach4 plan   what fits, and why the rest does not'];
  }
  return loses === undefined
    ? nameNext(refusals.filter(isNameRefusal), COMMAND)
    : losesPortsNext(COMMAND, loses.name, zone);
}
