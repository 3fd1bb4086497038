import * as pulumi from '@pulumi/pulumi';
import { freeCloudflareName } from '../src/cloud/cloudflare/free-name.ts';
import { AddressRecord } from '../src/components/dns-record.ts';
import { PreviousRecords, SetAsideRecords } from '../src/components/previous-records.ts';
import { comingBack } from '../src/model/coming-back.ts';
import type { ARecordPlan, RecordsAtCloudflare } from '../src/model/plan.ts';
import type { PlannedRecord } from '../src/model/zone-records.ts';
import { nodePorts } from '../src/ports/node/node-ports.ts';

/** The records of a plan, and the holder of what was there before. */
export async function aRecord(plan: ARecordPlan): Promise<Record<string, unknown>> {
  if (plan.provider === 'cloudflare') return atCloudflare(plan);
  // Loaded when it is needed: it brings AWS's resources along.
  return (await import('./a-record-route53.ts')).atRoute53(plan);
}

function atCloudflare(plan: RecordsAtCloudflare): Record<string, unknown> {
  const zoneId = plan.zone.id;
  const previous = comingBack(plan);
  const taken = plan.records.flatMap(({ adopt, leaveContent, type, name, content: to }) => {
    if (adopt === null) return [];
    const from = leaveContent ? null : (adopt.content ?? null);
    return [{ recordId: adopt.recordId, type, name, from, to }];
  });
  // Always there, also when it has nothing to hold: taking it away later would put records back under ours.
  const { setAside } = plan;
  const made = plan.records.flatMap(({ adopt, type, name, content, comment }) =>
    adopt === null && comment !== null ? [{ type, name, content, comment }] : [],
  );
  const holder = new PreviousRecords('previous-records', { zoneId, previous, setAside, taken, made });
  const out =
    setAside.length === 0 ? null : new SetAsideRecords('set-aside-records', { zoneId, setAside }, holder);
  const records = plan.records.map((record) => {
    const stays = record.leaveContent || previous.some(({ id }) => id === record.adopt?.recordId);
    const hooks = record.adopt === null ? { beforeCreate: [canBeMade(zoneId, record)] } : {};
    return new AddressRecord(`${record.name}-${record.type}`, {
      zoneId,
      record,
      holder,
      setAside: out,
      stays,
      hooks,
    });
  });
  return {
    records: plan.records.map(({ name, type }, index) => ({ name, type, content: records[index]?.content })),
  };
}

/** Looks before a record is made, and only then. */
function canBeMade(zoneId: string, { type, name, content, comment }: PlannedRecord): pulumi.ResourceHook {
  const { net, clock } = nodePorts();
  const { signal } = new AbortController();
  return new pulumi.ResourceHook(`${name}-${type}-can-be-made`, () =>
    freeCloudflareName(
      { zoneId, type, name, address: content, comment },
      { net, clock, env: process.env },
      signal,
    ),
  );
}
