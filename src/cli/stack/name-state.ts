import { NAME_RECORDS_TYPE } from '../../components/type-names.ts';
import { heldRecordsSchema, type WantedRecord } from '../../model/name-records.ts';
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

/**
 * What a stack has done at a name of Cloudflare's so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param planned what the plan in its configuration says; null where it says nothing of this name
 */
export function nameSoFar(deployment: unknown, name: string, planned: PlannedAtName | null): NameSoFar {
  const started = isStarted(deployment);
  const resource = resourcesIn(deployment).find(({ type }) => type === NAME_RECORDS_TYPE);
  const { data } = heldRecordsSchema.safeParse(resource?.outputs);
  // What only waits has done nothing yet.
  const held = data?.name === name && data.hold !== true ? data : undefined;
  const before = started && planned?.name === name ? planned : null;
  return {
    started,
    made: held?.made ?? [],
    cnames: (held?.records ?? []).flatMap(({ type, content }) =>
      type === 'CNAME' && typeof content === 'string' ? [content] : [],
    ),
    previous: uniqueBy([...(before?.previous ?? []), ...(held?.previous ?? [])], ({ id }) => id),
    left: (before?.records ?? []).flatMap(({ content, recordId }) =>
      content === null && recordId !== null ? [recordId] : [],
    ),
  };
}
