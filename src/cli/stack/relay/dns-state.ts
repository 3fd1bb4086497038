import { z } from 'zod';
import { PREVIOUS_RECORD_SETS_TYPE, RECORD_SET_TYPE } from '../../../components/type-names.ts';
import { recordSetSchema } from '../../../model/record-set.ts';
import type { RelayDns } from '../../../model/relay-plan.ts';
import type { DnsSoFar } from '../../../remedies/relay/dns/outcome.ts';
import { isStarted, resourcesIn } from '../deployment.ts';
import { doneAtNames } from '../name-state.ts';
import { relayState } from './state.ts';

const heldSetsSchema = z.object({ previous: z.array(recordSetSchema) });

/**
 * What a relay's stack has done in DNS so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param dns the plan's part in its configuration
 */
export function dnsSoFar(deployment: unknown, dns: RelayDns | null): DnsSoFar {
  const all = resourcesIn(deployment);
  const outputsOf = (wanted: string): unknown => all.find(({ type }) => type === wanted)?.outputs;
  const held = doneAtNames(deployment);
  const heldSets = heldSetsSchema.safeParse(outputsOf(PREVIOUS_RECORD_SETS_TYPE)).data;
  const isAdopted = (importID: string | undefined): boolean => (importID ?? '') !== '';
  return {
    started: isStarted(deployment),
    address: relayState(deployment).address,
    records: held.flatMap(({ made, records }) => [
      ...made.map((recordId) => ({ recordId, adopted: false })),
      ...records.flatMap(({ recordId }) => (recordId == null ? [] : [{ recordId, adopted: true }])),
    ]),
    cnames: held.flatMap(({ records }) =>
      records.flatMap(({ type, content }) => (type === 'CNAME' && content != null ? [content] : [])),
    ),
    sets: all.flatMap(({ type, outputs, importID }) =>
      type === RECORD_SET_TYPE && typeof outputs?.name === 'string'
        ? [{ name: outputs.name, adopted: isAdopted(importID) }]
        : [],
    ),
    previous: held.flatMap(({ previous }) => previous),
    previousSets: heldSets?.previous ?? [],
    dns,
  };
}
