import { NameRecords } from '../src/components/name-records.ts';
import { type EdgeProxyPlan, nameRecordsOf } from '../src/model/edge-proxy-plan.ts';

/** All records of the name, as one resource: the AAAA proxied, and what was there before. */
export function edgeProxy(plan: EdgeProxyPlan): Record<string, unknown> {
  new NameRecords(nameRecordsOf(plan));
  return { name: plan.name, proxied: plan.records.map(({ content }) => content ?? 'kept elsewhere') };
}
