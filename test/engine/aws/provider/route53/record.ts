/** hashicorp/terraform-provider-aws, internal/service/route53/record.go, without aliases and routing policies. */

import {
  type Change,
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
  RRType,
} from '@aws-sdk/client-route-53';
import { type ResourceData, textsIn } from '../bridge/data.ts';
import type { ResourceType } from '../bridge/resource-type.ts';
import { oneOf } from '../bridge/validators.ts';
import { doing, hasCode } from '../errors.ts';
import { isGone } from '../gone.ts';
import { waitFor } from '../wait.ts';
import { bareName, bareZone, getZoneById, isNoZone, nameIn, recordsOf, valuesOf } from './zones.ts';

const TYPES: readonly string[] = Object.values(RRType);

export const record: ResourceType = {
  token: 'aws:route53/record:Record',
  schema: {
    // Not auto-named: "the 'name' of these is actually the true domain name" (provider/resources.go, pulumi/pulumi-aws).
    name: { type: 'string', required: true, forceNew: true, normalize: bareName, namedByProgram: true },
    /** Changed in place, in one batch with what was there. */
    type: {
      type: 'string',
      required: true,
      validate: oneOf(...TYPES),
    },
    zoneId: { type: 'string', required: true, forceNew: true },
    records: { type: 'set', optional: true, exactlyOneOf: ['records'] },
    ttl: { type: 'number', optional: true },
    allowOverwrite: { type: 'boolean', optional: true, computed: true },
    fqdn: { type: 'string', computed: true },
  },
  create: async ({ route53 }, data) => {
    // An existing record is in the way, unless it may be overwritten.
    const Action = data.flag('allowOverwrite') || !data.isNew ? 'UPSERT' : 'CREATE';
    await put(route53, data, (set) => [{ Action, ResourceRecordSet: set }], 'creating Route53 Record');
  },
  read: async ({ route53 }, data) => {
    const what = `reading Route 53 Record (${data.id})`;
    const found = await doing(what, find(route53, data));
    if (isGone(found, data, what)) {
      return;
    }
    data.set({ fqdn: found.fqdn, records: valuesOf(found.set), ttl: found.set.TTL });
  },
  update: async ({ route53 }, data) => {
    if (!data.changed('type')) {
      await put(
        route53,
        data,
        (set) => [{ Action: 'UPSERT', ResourceRecordSet: set }],
        'creating Route53 Record',
      );
      return;
    }
    const type = String(data.before('type'));
    const old = { Type: type as RRType, TTL: Number(data.before('ttl')) };
    const ResourceRecords = recordsOf(textsIn(data.before('records')), type);
    const batch = (set: ResourceRecordSet): Change[] => [
      { Action: 'DELETE', ResourceRecordSet: { ...old, Name: set.Name, ResourceRecords } },
      { Action: data.flag('allowOverwrite') ? 'UPSERT' : 'CREATE', ResourceRecordSet: set },
    ];
    await put(route53, data, batch, `updating Route53 Record (${data.id})`);
  },
  /**
   * Whatever record is at the name is deleted, whoever made it: with `allowOverwrite`, a replacement that is created
   * first loses what it has just created (terraform-provider-aws#32460).
   */
  delete: async ({ route53 }, data) => {
    const found = await doing(`reading Route 53 Record (${data.id})`, find(route53, data));
    if (found === undefined) {
      return;
    }
    const command = new ChangeResourceRecordSetsCommand({
      HostedZoneId: bareZone(data.text('zoneId')),
      ChangeBatch: {
        Changes: [{ Action: 'DELETE', ResourceRecordSet: found.set }],
        Comment: 'Deleted by Terraform',
      },
    });
    const call = route53.send(command).catch((error: unknown) => {
      // Somebody was faster.
      if (!hasCode(error, 'InvalidChangeBatch')) {
        throw error;
      }
      return undefined;
    });
    const answer = await doing(`deleting Route53 Record (${data.id})`, call);
    await inSync(route53, answer?.ChangeInfo?.Id, data.id);
  },
  /** `Z123_www.example.org_A` */
  import: (data) => {
    const [zoneId = '', ...parts] = data.id.split('_');
    const at = parts.findIndex((part, index) => index > 0 && TYPES.includes(part));
    if (at === -1) {
      throw new Error(
        `unexpected format for ID (${data.id}), expected ZONEID_RECORDNAME_TYPE_SET-IDENTIFIER`,
      );
    }
    data.set({ zoneId, name: parts.slice(0, at).join('_').replace(/\.$/, ''), type: parts[at] });
  },
};

async function put(
  route53: Route53Client,
  data: ResourceData,
  batch: (set: ResourceRecordSet) => Change[],
  what: string,
): Promise<void> {
  const zoneId = bareZone(data.text('zoneId'));
  const zone = await doing(`reading Route 53 Hosted Zone (${zoneId})`, getZoneById(route53, zoneId));
  const type = data.text('type');
  const set: ResourceRecordSet = {
    Name: nameIn(zone.HostedZone?.Name ?? '', data.text('name')),
    Type: type as RRType,
    TTL: data.maybeNumber('ttl'),
    ResourceRecords: recordsOf(data.texts('records'), type),
  };
  const command = new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: { Changes: batch(set), Comment: 'Managed by Terraform' },
  });
  const { ChangeInfo } = await doing(what, route53.send(command));
  data.id = `${zoneId}_${data.text('name').toLowerCase()}_${type}`;
  await inSync(route53, ChangeInfo?.Id, data.id);
}

/** `waitChangeInsync` */
async function inSync(route53: Route53Client, Id: string | undefined, record: string): Promise<void> {
  if (Id === undefined) {
    return;
  }
  const look = async () => (await route53.send(new GetChangeCommand({ Id }))).ChangeInfo?.Status;
  const waiting = waitFor(look, { pending: ['PENDING'], target: ['INSYNC'] });
  await doing(`waiting for Route 53 Record (${record}) synchronize`, waiting);
}

/** `findResourceRecordSetByFourPartKey`. Without its zone there is no record either. */
async function find(
  route53: Route53Client,
  data: ResourceData,
): Promise<{ set: ResourceRecordSet; fqdn: string } | undefined> {
  const zoneId = bareZone(data.text('zoneId'));
  try {
    const zone = await getZoneById(route53, zoneId);
    const fqdn = nameIn(zone.HostedZone?.Name ?? '', data.text('name'));
    const type = data.text('type');
    const { ResourceRecordSets } = await route53.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        StartRecordName: `${fqdn}.`,
        StartRecordType: type as RRType,
        MaxItems: 1,
      }),
    );
    const [set] = ResourceRecordSets ?? [];
    return set !== undefined && bareName(set.Name ?? '') === fqdn && set.Type === type
      ? { set, fqdn }
      : undefined;
  } catch (error) {
    if (isNoZone(error)) {
      return undefined;
    }
    throw error;
  }
}
