import { uniqueBy } from '../../../model/unique.ts';
import { dynamicHints, isStrong } from '../../dns-records/dynamic-dns.ts';
import type { DnsCase, DnsNote, DnsRefusal, FoundA } from './outcome.ts';

interface Written {
  readonly modifiedOn: string | null;
  readonly tags: string[];
}

/**
 * What is said against taking over what is there, or to be known of it.
 * @param agreed it was taken over by an earlier plan that was carried out, at least in part
 */
export function takingOver(
  found: FoundA,
  written: Written,
  agreed: boolean,
  { flags, seen, now }: DnsCase,
): { readonly refusals: DnsRefusal[]; readonly notes: DnsNote[] } {
  if (agreed) return { refusals: [], notes: [] };
  const refusals: DnsRefusal[] = [];
  const notes: DnsNote[] = [];
  if (!flags.adopt && !flags.ownContent) refusals.push({ code: 'exists', found });
  const hints = found.addresses.flatMap((content) =>
    // Of a name that the diagnosis didn't look at, nothing can have changed since.
    dynamicHints({ ...found, ...written, content }, seen.get(found.name) ?? [content], now),
  );
  const once = uniqueBy(hints, ({ code }) => code);
  if (once.some(isStrong) && !flags.ownContent) refusals.push({ code: 'dynamic', found, hints: once });
  else if (once.length > 0) notes.push({ code: 'maybe-dynamic', found, hints: once });
  return { refusals, notes };
}
