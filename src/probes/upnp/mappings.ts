import type { PortMapping } from '../../model/facts/router.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Budget } from '../router/budget.ts';
import type { Control } from '../router/description.ts';
import { readMappingEntry } from '../router/port-mappings.ts';
import { callAction } from '../router/soap.ts';

/** Entries read; a household has about ten. */
const MAX_ENTRIES = 64;
/** Requests at a time; the small servers in routers queue or drop more. */
const BATCH = 4;

/** The end of the list: SpecifiedArrayIndexInvalid, and NoSuchEntryInArray as some routers say (IGD:1 2.4.14, 2.4.15). */
const PAST_THE_END = [713, 714];

interface Mappings {
  readonly mappings: readonly PortMapping[];
  /** False where there may be more: cut off, an error other than the end of the list, or an entry that can't be told. */
  readonly mappingsComplete: boolean;
}

/** Reads the router's list entry by entry, which IGD:1 and IGD:2 both have. */
export async function listMappings(
  control: Control,
  budget: Budget,
  ports: Ports,
  signal: AbortSignal,
): Promise<Mappings> {
  const mappings: PortMapping[] = [];
  let unreadable = false;
  for (let start = 0; start < MAX_ENTRIES && !budget.isSpent && !signal.aborted; start += BATCH) {
    const indices = Array.from({ length: BATCH }, (_, offset) => start + offset);
    const answers = await Promise.all(
      indices.map((index) =>
        callAction(control, 'GetGenericPortMappingEntry', { NewPortMappingIndex: index }, ports, {
          timeoutMs: budget.left(),
          signal,
        }),
      ),
    );
    for (const answer of answers) {
      if (answer.kind === 'done') {
        const mapping = readMappingEntry(answer.values);
        if (mapping === null) unreadable = true;
        else mappings.push(mapping);
      } else {
        const isEnd = answer.kind === 'fault' && PAST_THE_END.includes(answer.code);
        return { mappings, mappingsComplete: isEnd && !unreadable };
      }
    }
  }
  return { mappings, mappingsComplete: false };
}
