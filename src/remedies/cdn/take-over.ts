import type { HostedSet } from '../../model/cdn-plan.ts';
import { sameValues } from '../../model/record-set.ts';
import { uniqueBy } from '../../model/unique.ts';
import { publicRecords } from '../../model/view/records.ts';
import { dynamicHints, isStrong } from '../dns-records/dynamic-dns.ts';
import type { CdnCase } from './case.ts';
import type { CdnNote, CdnRefusal } from './outcome.ts';

/**
 * What was there before the stack. The stack's own sets are aliases, so a plain one is somebody else's: until the name is
 * recorded as written, what is there now counts, and not what an `up` that broke off had found.
 */
export function takeOver(
  { diagnosis, held, flags, stack, now }: CdnCase,
  types: readonly ('A' | 'AAAA')[],
): { previous: HostedSet[]; refusals: CdnRefusal[]; notes: CdnNote[] } {
  const { name = '', sets = [], computed = [] } = held?.name ?? {};
  const before = stack.started ? [...stack.previous, ...(stack.plan?.previous ?? [])] : [];
  const found = sets.filter(({ type }) => types.includes(type) && !stack.recorded.includes(type));
  const asked = found.filter((set) => !before.some((each) => isSame(each, set)));
  const refusals: CdnRefusal[] = [];
  const notes: CdnNote[] = [];
  if (asked.length > 0 && !flags.adopt && !flags.ownContent) {
    refusals.push({ code: 'exists', name, sets: asked });
  }
  for (const set of asked) {
    const records = publicRecords(diagnosis, set.type);
    const hints = set.values.flatMap((content) =>
      dynamicHints(
        { content, ttl: set.ttl, comment: null, tags: [], modifiedOn: null },
        records.definite ? records.addresses : [content],
        now,
      ),
    );
    const once = uniqueBy(hints, ({ code }) => code);
    if (once.some(isStrong) && !flags.ownContent) refusals.push({ code: 'dynamic', name, set, hints: once });
    else if (once.length > 0) notes.push({ code: 'maybe-dynamic', name, set, hints: once });
  }
  const isComputed = (type: string): boolean => computed.some((each) => each.type === type);
  // An alias that was written and never recorded stands where a set was.
  const kept = before.filter(
    ({ type }) => !types.includes(type) || stack.recorded.includes(type) || isComputed(type),
  );
  const previous = uniqueBy([...kept, ...found], ({ type }) => type);
  const lacksAaaa = types.includes('AAAA') && !previous.some(({ type }) => type === 'AAAA');
  if (lacksAaaa && !isComputed('AAAA') && held !== null) refusals.push({ code: 'no-aaaa', name });
  return { previous, refusals, notes };
}

/** Both come from the zone, where addresses are spelled in one way. */
const isSame = (one: HostedSet, other: HostedSet): boolean =>
  one.type === other.type && one.ttl === other.ttl && sameValues(one.values, other.values);
