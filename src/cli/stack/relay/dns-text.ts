import type { ComputedAnswer } from '../../../model/hosted-zone.ts';
import type { RelayDns } from '../../../model/relay-plan.ts';
import type { DnsNote, DnsRefusal, FoundA } from '../../../remedies/relay/dns/outcome.ts';
import { hintsText } from '../a-record/text.ts';

const PROVIDERS: Readonly<Record<RelayDns['provider'], string>> = {
  cloudflare: 'Cloudflare',
  route53: 'Route 53',
  manual: 'by hand',
};

const COMPUTED: Readonly<Record<ComputedAnswer, string>> = {
  alias: 'an alias',
  weighted: 'weighted',
  latency: 'chosen by latency',
  geographic: "chosen by the client's place",
  failover: 'a failover pair',
  multivalue: 'multivalue',
  'by-network': "chosen by the client's network",
  'traffic-policy': 'made by a traffic policy',
};

const foundText = ({ name, addresses, ttl, comment }: FoundA): string =>
  `${name} A ${addresses.join(', ')} (TTL ${ttl === 1 ? 'automatic' : `${ttl} s`}${comment === null ? '' : `, "${comment}"`})`;

/** @param zoneSentence what the account has instead, where a zone is missing */
export function refusalSentence(refusal: DnsRefusal, zoneSentence: string | null): string {
  switch (refusal.code) {
    case 'no-zone':
      return `${zoneSentence ?? `The account has no zone for ${refusal.name}`}; expected the account that has its zone, or --dns manual to write the record there by hand.`;
    case 'several-zones':
      return `The names lie in several zones (${refusal.zones.map(({ zone, names }) => `${zone}: ${names.join(', ')}`).join('; ')}), and a stack writes in one; plan a stack for each, with --stack NAME.`;
    case 'moved':
      return `The relay is up with its records ${refusal.from.provider === 'manual' ? PROVIDERS.manual : `at ${PROVIDERS[refusal.from.provider]}, zone ${refusal.from.zone.name}`}, where they have to be put back in the end; take it down first (reach4 down).`;
    case 'adopted-name-left':
      return `${refusal.name} would no longer lead to the relay, and its record was taken over when the relay came up: it comes back only with reach4 down; keep the name in a --service, or take the relay down first.`;
    case 'cname':
      return `${refusal.name} is an alias (CNAME) of ${refusal.to} in the zone, and nothing may stand beside a CNAME; replace it by the AAAA record of the server, or plan a relay for ${refusal.to}.`;
    case 'delegated':
      return `${refusal.at} is handed over to other name servers (NS records in the zone), so a record for ${refusal.name} would have no effect there; write it where those servers get theirs, with --dns manual.`;
    case 'proxied':
      return `${refusal.name} A ${refusal.addresses.join(', ')} is proxied by Cloudflare: visitors get Cloudflare's addresses, over IPv4 too, so nobody would come to the relay.`;
    case 'computed':
      return `The A record of ${refusal.name} is ${COMPUTED[refusal.how]} at Route 53, which can't be held as addresses and put back; replace it by a simple one first, or write by hand, with --dns manual.`;
    case 'exists':
      return `There is already ${foundText(refusal.found)}, which this stack did not make. It is not overwritten unless you say so.`;
    case 'dynamic':
      return `${foundText(refusal.found)} looks kept by something else, such as a dynamic DNS client: ${hintsText(refusal.hints)}. Two that write one record would fight.`;
  }
}

export function noteSentence(note: DnsNote): string {
  switch (note.code) {
    case 'zone-not-in-use':
      return `The name servers of ${note.zone} are not those of this zone: until they are, visitors won't see what is written here.`;
    case 'maybe-dynamic':
      return `${foundText(note.found)} may be kept by something else, such as a dynamic DNS client: ${hintsText(note.hints)}. If so, stop that for A; for AAAA it may go on.`;
    case 'made-again':
      return `The A record of ${note.name} that this stack made is gone from the zone; it is made again.`;
    case 'no-aaaa':
      return `The zone has no AAAA record for ${note.name}: IPv6 users don't get there, and only IPv4 users will, by the relay.`;
  }
}

/** What to type where only the user's word is missing. */
export function commandsFor(refusals: readonly DnsRefusal[]): string[] {
  const codes = new Set(refusals.map(({ code }) => code));
  const isWord = [...codes].every((code) => code === 'exists' || code === 'dynamic');
  if (!isWord || codes.size === 0) return [];
  return codes.has('dynamic')
    ? ['reach4 plan --remedy relay --own-content   take it over (first stop what keeps it)']
    : ['reach4 plan --remedy relay --adopt   take it over; it comes back when the stack goes'];
}
