import { NAME_RECORDS_TYPE } from '../../components/type-names.ts';
import { type HeldRecords, heldRecordsSchema, type WantedRecord } from '../../model/name-records.ts';
import { uniqueBy } from '../../model/unique.ts';
import type { ZoneRecord } from '../../model/zone-records.ts';
import type { NameSoFar } from '../../remedies/dns-records/cloudflare-name.ts';
import { isStarted, resourcesIn } from './deployment.ts';

/** The part of a plan that says what happens at a name, whichever remedy it is. */
interface PlannedAtName {
  readonly name: string;
  readonly previous: readonly ZoneRecord[];
  readonly records: readonly Pick<WantedRecord, 'content' | 'recordId'>[];
}

/** What the state holds of names at Cloudflare. */
const allHeld = (deployment: unknown): HeldRecords[] =>
  resourcesIn(deployment).flatMap(({ type, outputs }) =>
    type === NAME_RECORDS_TYPE ? (heldRecordsSchema.safeParse(outputs).data ?? []) : [],
  );

/** The names at Cloudflare whose records the state holds. */
export const heldNames = (deployment: unknown): string[] => allHeld(deployment).map(({ name }) => name);

/** What the state holds of them, without what only waits (a tunnel's, for its connector): that has done nothing yet. */
export const doneAtNames = (deployment: unknown): HeldRecords[] =>
  allHeld(deployment).filter(({ hold }) => hold !== true);

/** The same of one name. */
export const heldAtName = (deployment: unknown, name: string): HeldRecords | undefined =>
  doneAtNames(deployment).find((held) => held.name === name);

/**
 * What a stack has done at a name of Cloudflare's so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param planned what the plan in its configuration says; null where it says nothing of this name
 */
export function nameSoFar(deployment: unknown, name: string, planned: PlannedAtName | null): NameSoFar {
  const started = isStarted(deployment);
  const held = heldAtName(deployment, name);
  const before = started && planned?.name === name ? planned : null;
  const inPlan = before?.previous ?? [];
  const isHeld = ({ id }: ZoneRecord): boolean => held?.previous.some((each) => each.id === id) === true;
  return {
    started,
    made: held?.made ?? [],
    cnames: (held?.records ?? []).flatMap(({ type, content }) =>
      type === 'CNAME' && typeof content === 'string' ? [content] : [],
    ),
    // What the plan says of it comes first: it knows what a keeper has made of an address since.
    previous: uniqueBy([...inPlan.filter(isHeld), ...(held?.previous ?? [])], ({ id }) => id),
    unrecorded: inPlan.filter((record) => !isHeld(record)),
    left: (before?.records ?? []).flatMap(({ content, recordId }) =>
      content === null && recordId !== null ? [recordId] : [],
    ),
  };
}
