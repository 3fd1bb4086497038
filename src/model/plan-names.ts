import { isWithin } from './dns-name.ts';
import type { Plan } from './plan.ts';

interface Named {
  readonly name: string;
}

/** The records that a plan writes, and those that it only touches: takes out, or puts back at the end. */
function recordsOf(plan: Plan): {
  written: readonly Named[];
  touched: readonly Named[];
  zone: string | null;
} {
  switch (plan.remedy) {
    case 'a-record': {
      const { records, previous, zone } = plan;
      const setAside = plan.provider === 'cloudflare' ? plan.setAside : [];
      return { written: records, touched: [...previous, ...setAside], zone: zone.name };
    }
    case 'edge-proxy':
    case 'tunnel':
      return { written: [plan], touched: plan.previous, zone: plan.zone.name };
    case 'cdn': {
      const { name, origin, zone } = plan;
      // What was there before has no names of its own there, so it can be of no other.
      return {
        written: origin.addresses === null ? [{ name }] : [{ name }, origin],
        touched: [],
        zone: zone.name,
      };
    }
    case 'relay': {
      const { dns } = plan;
      if (dns.provider === 'manual') return { written: dns.records, touched: [], zone: null };
      return { written: dns.records, touched: dns.previous, zone: dns.zone.name };
    }
  }
}

/**
 * What is wrong with the names in a plan, so that none can be written that changes or deletes a record which isn't the
 * named one; null where nothing is.
 */
export function foreignRecord(plan: Plan): string | null {
  const { written, touched, zone } = recordsOf(plan);
  const outside = [...written, ...touched].find(({ name }) => zone !== null && !isWithin(name, zone));
  if (outside !== undefined) return `${outside.name} is not in the zone ${zone}`;
  const names = new Set(written.map(({ name }) => name));
  // Where one of two records is right already, only what stands beside it is touched.
  const [first] = touched;
  if (plan.remedy === 'a-record' && first !== undefined && names.size === 0) names.add(first.name);
  if (plan.remedy === 'a-record' && names.size > 1) return 'the records are of more than one name';
  const foreign = touched.find(({ name }) => !names.has(name));
  return foreign === undefined ? null : `a record of ${foreign.name} is none of this plan's`;
}
