import type { Diagnosis } from '../../../model/diagnosis.ts';
import type { TunnelDecision, TunnelRefusal } from '../../../remedies/tunnel/plan.ts';
import type { Page } from '../../../report/page.ts';
import { losesPortsNext, losesPortsText } from '../lost-ports-text.ts';
import { nameNext, nameRefusal } from '../name-text.ts';
import { noPlanText } from '../plan-words.ts';
import { notesOf } from './text.ts';

const PLAN = 'reach4 plan --remedy tunnel';

interface Around {
  /** Hours since the diagnosis; null where it is fresh. */
  readonly staleHours: number | null;
  /** What the account holds instead, where the zone is missing. */
  readonly zoneSentence: string | null;
}

/** Why nothing is planned: what is in the way, and what to type to go on. */
export function refusalText(
  { target }: Diagnosis,
  { refusals, notes }: Extract<TunnelDecision, { ok: false }>,
  { staleHours, zoneSentence }: Around,
  page: Page,
): string {
  const because = refusals.map((refusal) => sentence(refusal, target.host, zoneSentence));
  return noPlanText(
    target.host,
    because,
    notesOf(notes, target.host, staleHours),
    next(refusals, target.host),
    page,
  );
}

function sentence(refusal: TunnelRefusal, name: string, zoneSentence: string | null): string {
  switch (refusal.code) {
    case 'not-web':
      return `A tunnel of Cloudflare's carries the web only, HTTP and HTTPS, and the target speaks ${refusal.protocol === 'tcp' ? 'something else' : refusal.protocol.toUpperCase()}: visitors would need a program of Cloudflare's as well. A relay carries anything.`;
    case 'not-a-name':
      return `A tunnel belongs to a name in a zone at Cloudflare, and the target is an address, ${refusal.host}; diagnose the name that visitors use.`;
    case 'port-not-served':
      return `Cloudflare answers for names at certain ports only (${refusal.ports.join(', ')}), and port ${refusal.port} is none of them: diagnose the service at one of those, or use a relay, which takes any port.`;
    case 'service-down':
      return `The diagnosis found nothing on the server that listens on port ${refusal.port}, so a tunnel would lead nowhere; start the service and diagnose again.`;
    case 'redirects':
      return `What answers at ${refusal.service} sends everybody to HTTPS, and behind the tunnel they come by HTTPS already: it would send them in circles. Expected the program that answers HTTPS.`;
    case 'loses-ports':
      return losesPortsText(name, refusal.lost, 'Cloudflare');
    default:
      return nameRefusal(refusal, zoneSentence);
  }
}

const RELAY = 'reach4 plan --remedy relay   a host elsewhere that forwards, and what it costs';

function next(refusals: readonly TunnelRefusal[], name: string): string[] {
  return refusals.flatMap((refusal): string[] => {
    switch (refusal.code) {
      case 'not-web':
      case 'port-not-served':
        return [RELAY];
      case 'redirects':
        return [`${PLAN} --tunnel-service https://localhost:443   what answers HTTPS there`];
      case 'loses-ports':
        return losesPortsNext(PLAN, name, refusal.zone);
      case 'not-a-name':
      case 'service-down':
        return [];
      default:
        // Said once, for all of them.
        return refusal === refusals[0] ? nameNext(refusals.filter(isOfName), PLAN) : [];
    }
  });
}

type OfName = Parameters<typeof nameNext>[0][number];

const isOfName = (refusal: TunnelRefusal): refusal is OfName =>
  !['not-web', 'not-a-name', 'port-not-served', 'service-down', 'redirects', 'loses-ports'].includes(
    refusal.code,
  );
