import type { NameNote, NameRefusal } from '../../remedies/dns-records/cloudflare-name.ts';
import { hintsText, recordText } from './a-record/text.ts';
import { ttlText } from './plan-words.ts';

/**
 * Why the records of a name at Cloudflare are not taken over, in a sentence.
 * @param zoneSentence what the account holds instead, where the zone is missing
 */
export function nameRefusal(refusal: NameRefusal, zoneSentence: string | null): string {
  switch (refusal.code) {
    case 'no-zone':
      return `${zoneSentence ?? `The account has no zone for ${refusal.name}`}; expected a token for the account that holds its zone.`;
    case 'zone-not-active':
      return `The zone ${refusal.zone} is "${refusal.status}" at Cloudflare: until its name servers are Cloudflare's, nothing there is proxied. Expected an active zone.`;
    case 'cname':
      return `${refusal.name} is an alias (CNAME) of ${refusal.to} in the zone, and nothing may stand beside a CNAME; plan for the name that it leads to, or take the alias out by hand.`;
    case 'delegated':
      return `${refusal.at} is handed over to other name servers (NS records in the zone), so records for ${refusal.name} at Cloudflare would have no effect.`;
    case 'proxied':
      return `${refusal.records.map(recordText).join(' and ')} ${refusal.records.length === 1 ? 'is' : 'are'} proxied by Cloudflare already: visitors get Cloudflare's addresses, over IPv4 too.`;
    case 'exists':
      return `There is already ${refusal.records.map((record) => `${recordText(record)} (${ttlText(record.ttl, 'cloudflare')}${record.comment === null ? '' : `, "${record.comment}"`})`).join(' and ')}, which this stack did not make. It is not changed unless you say so.`;
    case 'dynamic':
      return `${recordText(refusal.record)} looks kept by something else, such as a dynamic DNS client: ${hintsText(refusal.hints)}. ${refusal.canLeave ? 'Two that write one record would fight.' : 'This record has to go, and whatever keeps it would make it again: stop that first.'}`;
  }
}

/** What to type to go on; empty where no flag would help. */
export function nameNext(refusals: readonly NameRefusal[], command: string): string[] {
  const dynamic = refusals.filter(({ code }) => code === 'dynamic');
  if (refusals.some(({ code }) => code !== 'exists' && code !== 'dynamic')) return [];
  if (refusals.length === 0) return [];
  if (dynamic.length === 0) {
    return [`${command} --adopt   take it over; its old value is kept and comes back when the stack goes`];
  }
  const leaves = dynamic.every((refusal) => refusal.code === 'dynamic' && refusal.canLeave);
  return [
    ...(leaves
      ? [`${command} --leave-content   take it over, but leave its address to whatever keeps it`]
      : []),
    `${command} --own-content   take it over all the same (first stop what keeps it)`,
  ];
}

/** What a person should know of the records that are there, in a sentence. */
export function nameNote(note: NameNote): string {
  switch (note.code) {
    case 'maybe-dynamic':
      return `${recordText(note.record)} may be kept by something else, such as a dynamic DNS client: ${hintsText(note.hints)}. If so, it would undo what is written here.`;
    case 'content-left':
      return `The content of ${recordText(note.record)} is left to whatever keeps it. See that it leaves the rest as it is: many dynamic DNS clients have a setting for "proxied", and one that sets it to "no" takes IPv4 away again.`;
  }
}
