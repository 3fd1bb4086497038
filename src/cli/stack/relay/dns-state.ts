import { z } from 'zod';
import {
  DNS_RECORD_TYPE,
  PREVIOUS_RECORD_SETS,
  PREVIOUS_RECORDS_TYPE,
} from '../../../components/type-names.ts';
import { type RelayPlan, recordSetSchema } from '../../../model/relay-plan.ts';
import { setAsideSchema, zoneRecordSchema } from '../../../model/zone-records.ts';
import type { DnsSoFar } from '../../../remedies/relay/dns/outcome.ts';
import { resourcesIn, type StateResource } from '../deployment.ts';
import { relayState } from './state.ts';

const RECORD_SET_TYPE = 'aws:route53/record:Record';
const PREVIOUS_RECORD_SETS_TYPE = `pulumi-nodejs:dynamic/${PREVIOUS_RECORD_SETS.module}:${PREVIOUS_RECORD_SETS.name}`;

const heldSchema = z.object({ previous: z.array(zoneRecordSchema), setAside: z.array(setAsideSchema) });
const heldSetsSchema = z.object({ previous: z.array(recordSetSchema) });
const setSchema = z.object({ name: z.string() });

/** What a relay's stack has done in DNS so far. @param deployment the stack's state as `pulumi stack export` gives it */
export function dnsSoFar(deployment: unknown, plan: RelayPlan | null): DnsSoFar {
  const all = resourcesIn(deployment);
  const { started, address } = relayState(deployment);
  const outputsOf = (type: string): unknown => all.find((each) => each.type === type)?.outputs;
  const held = heldSchema.safeParse(outputsOf(PREVIOUS_RECORDS_TYPE)).data;
  const heldSets = heldSetsSchema.safeParse(outputsOf(PREVIOUS_RECORD_SETS_TYPE)).data;
  return {
    started,
    address,
    records: all.flatMap((each) =>
      each.type === DNS_RECORD_TYPE && each.id !== undefined
        ? [{ recordId: each.id, adopted: isAdopted(each) }]
        : [],
    ),
    sets: all.flatMap((each) => {
      const set = each.type === RECORD_SET_TYPE ? setSchema.safeParse(each.outputs).data : undefined;
      return set === undefined ? [] : [{ name: set.name.replace(/\.$/u, ''), adopted: isAdopted(each) }];
    }),
    previous: held?.previous ?? [],
    setAside: held?.setAside ?? [],
    previousSets: heldSets?.previous ?? [],
    dns: plan?.dns ?? null,
  };
}

const isAdopted = ({ importID }: StateResource): boolean => (importID ?? '') !== '';
