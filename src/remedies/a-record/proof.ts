import { isPublic } from '../../model/address.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { RemedyOffer } from '../../model/remedy-offer.ts';
import { workingAddresses } from '../../model/view/service.ts';
import type { Note, Refusal } from './outcome.ts';

export type Change = Extract<RemedyOffer, { remedy: 'a-record' }>['changes'][number];

/** Where the address was seen to answer as the service does over IPv6; null where it wasn't, or isn't public. */
function seenWorking(diagnosis: Diagnosis, { type, to, seenIn }: Change): 'outside' | 'inside' | null {
  if (!isPublic(to)) return null;
  const working = workingAddresses(diagnosis, type === 'A' ? 'ipv4' : 'ipv6').filter(
    ({ address }) => address === to,
  );
  // The evidence that the offer names must be among it: the offer may have been edited, or the evidence cut.
  if (!working.some(({ evidence }) => evidence === seenIn)) return null;
  return working.some(({ seenFrom }) => seenFrom === 'outside') ? 'outside' : 'inside';
}

export const unproven = (diagnosis: Diagnosis, changes: readonly Change[]): Refusal[] =>
  changes
    .filter((change) => seenWorking(diagnosis, change) === null)
    .map(({ type, to }) => ({ code: 'unproven', type, address: to }));

/** Addresses that were seen to answer as the service, now or by the plan that the stack is up with. */
export function provenBy(diagnosis: Diagnosis, before: readonly string[]): string[] {
  const changes = diagnosis.remedies.flatMap((offer) => (offer.remedy === 'a-record' ? offer.changes : []));
  const now = changes.filter((change) => seenWorking(diagnosis, change) !== null).map(({ to }) => to);
  return [...new Set([...now, ...before])];
}

export const proofNotes = (diagnosis: Diagnosis, changes: readonly Change[]): Note[] =>
  changes
    .filter((change) => seenWorking(diagnosis, change) === 'inside')
    .map(({ to }) => ({ code: 'seen-inside-only', address: to }));

/** Addresses that the diagnosis found to be wrong for the name, by its own findings. */
export function knownWrong(diagnosis: Diagnosis): ReadonlySet<string> {
  const works = new Set(workingAddresses(diagnosis, 'ipv4').map(({ address }) => address));
  const findings = diagnosis.verdicts.find(({ cause }) => cause === 'dns')?.because ?? [];
  return new Set(
    findings.flatMap((finding): readonly string[] => {
      switch (finding.code) {
        case 'a-not-own':
          // Another line's address that answers as the service, such as a relay's, is right all the same.
          return works.has(finding.args.address) ? [] : [finding.args.address];
        case 'a-not-public':
        case 'a-dead':
        case 'a-other-service':
        case 'aaaa-not-this-server':
        case 'aaaa-temporary':
          return [finding.args.address];
        case 'some-a-dead':
          return finding.args.dead;
        default:
          return [];
      }
    }),
  );
}
