import { z } from 'zod';
import {
  DNS_RECORD_TYPE,
  PREVIOUS_RECORD_SETS_TYPE,
  PREVIOUS_RECORDS_TYPE,
  RECORD_SET_TYPE,
} from '../../../components/type-names.ts';
import { recordSetSchema } from '../../../model/record-set.ts';
import type { RelayDns } from '../../../model/relay-plan.ts';
import { setAsideSchema, zoneRecordSchema } from '../../../model/zone-records.ts';
import type { DnsSoFar } from '../../../remedies/relay/dns/outcome.ts';
import { isStarted, resourcesIn } from '../deployment.ts';
import { relayState } from './state.ts';

const heldSchema = z.object({ previous: z.array(zoneRecordSchema), setAside: z.array(setAsideSchema) });
const heldSetsSchema = z.object({ previous: z.array(recordSetSchema) });

/**
 * What a relay's stack has done in DNS so far.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @param dns the plan's part in its configuration
 */
export function dnsSoFar(deployment: unknown, dns: RelayDns | null): DnsSoFar {
  const all = resourcesIn(deployment);
  const outputsOf = (wanted: string): unknown => all.find(({ type }) => type === wanted)?.outputs;
  const held = heldSchema.safeParse(outputsOf(PREVIOUS_RECORDS_TYPE)).data;
  const heldSets = heldSetsSchema.safeParse(outputsOf(PREVIOUS_RECORD_SETS_TYPE)).data;
  const isAdopted = (importID: string | undefined): boolean => (importID ?? '') !== '';
  return {
    started: isStarted(deployment),
    address: relayState(deployment).address,
    records: all.flatMap(({ type, id, importID }) =>
      type === DNS_RECORD_TYPE && id !== undefined ? [{ recordId: id, adopted: isAdopted(importID) }] : [],
    ),
    sets: all.flatMap(({ type, outputs, importID }) =>
      type === RECORD_SET_TYPE && typeof outputs?.name === 'string'
        ? [{ name: outputs.name, adopted: isAdopted(importID) }]
        : [],
    ),
    previous: held?.previous ?? [],
    setAside: held?.setAside ?? [],
    previousSets: heldSets?.previous ?? [],
    dns,
  };
}
