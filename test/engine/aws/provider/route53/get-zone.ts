/** hashicorp/terraform-provider-aws, internal/service/route53/zone_data_source.go, without VPCs. */
import {
  type HostedZone,
  ListTagsForResourceCommand,
  paginateListHostedZones,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { Properties } from '../../../provider/messages.ts';
import { tagsIn } from '../bridge/data.ts';
import type { Tags } from '../bridge/schema.ts';
import type { Cloud } from '../cloud.ts';
import { doing } from '../errors.ts';
import { tagsFrom } from '../tags.ts';
import { bareName, bareZone, getZoneById } from './zones.ts';

export async function getZone({ route53 }: Cloud, args: Properties): Promise<Properties> {
  const { zoneId, name } = args;
  if (zoneId !== undefined && name !== undefined) {
    throw new Error('only one of `zone_id` or `name` may be set');
  }
  const found =
    typeof zoneId === 'string'
      ? (await getZoneById(route53, zoneId)).HostedZone
      : await onlyOne(route53, args);
  const id = bareZone(found?.Id ?? '');
  const servers = (await getZoneById(route53, id)).DelegationSet?.NameServers ?? [];
  return {
    ...args,
    id,
    zoneId: id,
    arn: `arn:aws:route53:::hostedzone/${id}`,
    callerReference: found?.CallerReference,
    comment: found?.Config?.Comment ?? '',
    linkedServiceDescription: '',
    linkedServicePrincipal: '',
    // Without the dot at its end, unlike the API's.
    name: bareName(found?.Name ?? ''),
    nameServers: servers,
    primaryNameServer: servers[0],
    privateZone: found?.Config?.PrivateZone ?? false,
    resourceRecordSetCount: found?.ResourceRecordSetCount,
    tags: await tagsOf(route53, id),
  };
}

/** Names are not unique: all zones are looked through. */
async function onlyOne(route53: Route53Client, args: Properties): Promise<HostedZone> {
  const matching: HostedZone[] = [];
  for await (const { HostedZones = [] } of paginateListHostedZones({ client: route53 }, {})) {
    for (const zone of HostedZones) {
      const named = args.name === undefined || bareName(zone.Name ?? '') === bareName(String(args.name));
      if (named && (zone.Config?.PrivateZone ?? false) === (args.privateZone === true)) {
        matching.push(zone);
      }
    }
  }
  const wanted = Object.entries(tagsIn(args.tags));
  const tagged: HostedZone[] = [];
  for (const zone of matching) {
    const tags = wanted.length === 0 ? {} : await tagsOf(route53, bareZone(zone.Id ?? ''));
    if (wanted.every(([key, value]) => tags[key] === value)) {
      tagged.push(zone);
    }
  }
  const [only, ...more] = tagged;
  if (only === undefined) {
    throw new Error('no matching Route 53 Hosted Zone found');
  }
  if (more.length > 0) {
    throw new Error(
      'multiple Route 53 Hosted Zones matched; use additional constraints to reduce matches to a single ' +
        'Route 53 Hosted Zone',
    );
  }
  return only;
}

async function tagsOf(route53: Route53Client, id: string): Promise<Tags> {
  const command = new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: id });
  const call = route53.send(command);
  const { ResourceTagSet } = await doing(`listing Route 53 Hosted Zone (${id}) tags`, call);
  return tagsFrom(ResourceTagSet?.Tags);
}
