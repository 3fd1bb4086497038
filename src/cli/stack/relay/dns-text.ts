import type { ComputedAnswer } from '../../../model/hosted-zone.ts';
import type { RelayDns } from '../../../model/relay-plan.ts';
import type { DnsNote, DnsRefusal, FoundA } from '../../../remedies/relay/dns/outcome.ts';
import { hintsText } from '../a-record/text.ts';
import { ttlText } from '../plan-words.ts';

const AT: Record<RelayDns['provider'], string> = {
  cloudflare: 'Cloudflare',
  route53: 'Route 53',
  manual: 'whoever keeps the zone',
};

export const COMPUTED: Record<ComputedAnswer, string> = {
  alias: 'is an alias of another resource of AWS',
  weighted: 'is weighted',
  latency: 'goes by latency',
  geographic: 'goes by where users are',
  failover: 'fails over',
  multivalue: 'is a multivalue answer',
  'by-network': "goes by users' networks",
  'traffic-policy': 'belongs to a traffic policy',
};

const foundText = ({ name, addresses }: FoundA): string => `${name} A ${addresses.join(', ')}`;

/**
 * Why no record is planned, in a sentence.
 * @param noZone what the account holds instead, by the name whose zone is missing
 */
export function dnsRefusalText(
  refusal: DnsRefusal,
  provider: RelayDns['provider'],
  noZone: ReadonlyMap<string, string>,
): string {
  const at = AT[provider];
  switch (refusal.code) {
    case 'no-zone':
      return `${noZone.get(refusal.name) ?? `No zone at ${at} holds ${refusal.name}`}; expected credentials for the account that holds it, or the record to be written by hand.`;
    case 'several-zones':
      return `The names lie in several zones (${refusal.zones.map(({ zone, names }) => `${names.join(', ')} in ${zone}`).join('; ')}), and a stack writes in one; expected a stack for each (--stack NAME), or the records to be written by hand.`;
    case 'moved':
      return `The stack is up and its records are ${refusal.from.provider === 'manual' ? 'written by hand' : `in the zone ${refusal.from.zone.name} at ${AT[refusal.from.provider]}`}; they can't move while it is: take it down first (reach4 down), or plan another stack (--stack NAME).`;
    case 'adopted-name-left':
      return `The stack has taken over the A record of ${refusal.name}, which is to come back when the stack goes, so the name has to stay in the plan; expected a service for it, or the stack to be taken down first (reach4 down).`;
    case 'cname':
      return `${refusal.name} is an alias (CNAME) of ${refusal.to} in the zone, and nothing may stand beside a CNAME: diagnose and plan for ${refusal.to}, or take the alias out and give the name its AAAA record first.`;
    case 'delegated':
      return `${refusal.at} is handed over to other name servers (NS records in the zone), so a record for ${refusal.name} at ${at} would have no effect; it belongs where those servers get theirs.`;
    case 'proxied':
      return `${refusal.name} is proxied by Cloudflare (${refusal.addresses.join(', ')}): users get Cloudflare's addresses, over IPv4 too. reach4 doesn't touch proxied records; set them to "DNS only" first.`;
    case 'computed':
      return `The A record of ${refusal.name} ${COMPUTED[refusal.how]}, so it is no plain address that could be kept and put back; make it a simple record, or take it out, and plan again.`;
    case 'exists':
      return `There is already ${foundText(refusal.found)} (${ttlText(refusal.found.ttl, provider)}${refusal.found.comment === null ? '' : `, "${refusal.found.comment}"`}), which this stack did not make. It is not overwritten unless you say so.`;
    case 'dynamic':
      return `${foundText(refusal.found)} looks kept by something else, such as a dynamic DNS client: ${hintsText(refusal.hints)}. It would turn the record back from the relay.`;
  }
}

const BY_HAND = 'reach4 plan --remedy relay --dns manual   write the record yourself, where the zone is kept';

/** What to type to go on; nothing where something has to be put right first. */
export function dnsNextCommands(refusals: readonly DnsRefusal[]): string[] {
  const codes = new Set(refusals.map(({ code }) => code));
  const only = (...some: DnsRefusal['code'][]): boolean => [...codes].every((code) => some.includes(code));
  if (only('no-zone', 'delegated', 'several-zones')) return [BY_HAND];
  if (!only('exists', 'dynamic')) return [];
  return codes.has('dynamic')
    ? ['reach4 plan --remedy relay --own-content   take it over (first stop what keeps it)']
    : [
        'reach4 plan --remedy relay --adopt   take it over; its old value is kept and comes back when the stack goes',
      ];
}

/** What a person should know of the records. */
export function dnsNoteText(note: DnsNote, provider: RelayDns['provider']): string {
  switch (note.code) {
    case 'zone-not-in-use':
      return `The domain's name servers aren't those of the zone ${note.zone} at ${AT[provider]}: until they are, users won't see the record.`;
    case 'maybe-dynamic':
      return `${foundText(note.found)} may be kept by something else, such as a dynamic DNS client: ${hintsText(note.hints)}. If so, stop it, or it turns the record back from the relay.`;
    case 'made-again':
      return `The A record of ${note.name} that this stack made is gone from the zone; it is made again.`;
    case 'no-aaaa':
      return `The zone holds no AAAA record for ${note.name}: without one, IPv6 users don't get to the server directly, and the relay finds it only if its service names another origin.`;
  }
}
