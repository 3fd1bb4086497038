import {
  ChangeResourceRecordSets$,
  type ChangeResourceRecordSetsRequest,
  type ChangeResourceRecordSetsResponse,
  GetChange$,
  type GetChangeRequest,
  type GetChangeResponse,
  GetHostedZone$,
  type GetHostedZoneRequest,
  type GetHostedZoneResponse,
  type HostedZone as HostedZoneView,
  ListHostedZones$,
  ListHostedZonesByName$,
  type ListHostedZonesByNameRequest,
  type ListHostedZonesByNameResponse,
  type ListHostedZonesRequest,
  type ListHostedZonesResponse,
  ListResourceRecordSets$,
  type ListResourceRecordSetsRequest,
  type ListResourceRecordSetsResponse,
  ListTagsForResource$,
  type ListTagsForResourceRequest,
  type ListTagsForResourceResponse,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { AwsError, queryErrors } from '../errors.ts';
import { byName } from '../service.ts';
import type { Service } from '../services.ts';
import { operation } from '../wire/operation.ts';
import { restXmlWire } from '../wire/rest-xml.ts';
import { applyBatch } from './changes.ts';
import { type Change, fullName, type HostedZone } from './zones.ts';

/** Entries in one answer, at most and unless fewer are asked for (API reference). */
const PAGE_LIMIT = 100;
const RECORD_PAGE_LIMIT = 300;

const operations = [
  operation<ListHostedZonesRequest, ListHostedZonesResponse>(
    ListHostedZones$,
    ({ Marker, MaxItems }, { account: { zones } }) => {
      const from = Marker === undefined ? 0 : zones.all.findIndex(({ id }) => id === Marker);
      if (from < 0) {
        throw new AwsError('InvalidInput', `The specified marker is not valid: ${Marker}`);
      }
      const size = Math.min(Number(MaxItems ?? PAGE_LIMIT), PAGE_LIMIT);
      const next = zones.all[from + size];
      return {
        HostedZones: zones.all.slice(from, from + size).map(zoneView),
        Marker,
        IsTruncated: next !== undefined,
        NextMarker: next?.id,
        MaxItems: size,
      };
    },
  ),
  operation<ListHostedZonesByNameRequest, ListHostedZonesByNameResponse>(
    ListHostedZonesByName$,
    ({ DNSName, HostedZoneId, MaxItems }, { account: { zones } }) => {
      // Begins at the name, and goes on behind it: the first need not be the one asked for (API reference).
      const start = DNSName === undefined ? '' : reversed(fullName(DNSName));
      const sorted = zones.all
        .toSorted(
          (one, other) => compare(reversed(one.name), reversed(other.name)) || compare(one.id, other.id),
        )
        .filter(({ name }) => compare(reversed(name), start) >= 0);
      const from =
        HostedZoneId === undefined
          ? 0
          : Math.max(
              0,
              sorted.findIndex(({ id }) => id === HostedZoneId),
            );
      const size = Math.min(Number(MaxItems ?? PAGE_LIMIT), PAGE_LIMIT);
      const next = sorted[from + size];
      return {
        HostedZones: sorted.slice(from, from + size).map(zoneView),
        DNSName,
        HostedZoneId,
        IsTruncated: next !== undefined,
        NextDNSName: next?.name,
        NextHostedZoneId: next?.id,
        MaxItems: size,
      };
    },
  ),
  operation<GetHostedZoneRequest, GetHostedZoneResponse>(GetHostedZone$, ({ Id }, { account: { zones } }) => {
    const zone = zones.get(bare(Id));
    const servers = zone.sets.get(`${zone.name} NS`)?.ResourceRecords ?? [];
    return {
      HostedZone: zoneView(zone),
      DelegationSet: { NameServers: servers.map(({ Value = '' }) => Value.replace(/\.$/, '')) },
    };
  }),
  operation<ListResourceRecordSetsRequest, ListResourceRecordSetsResponse>(
    ListResourceRecordSets$,
    ({ HostedZoneId, StartRecordName, StartRecordType, MaxItems }, { account: { zones } }) => {
      if (StartRecordType !== undefined && StartRecordName === undefined) {
        throw new AwsError('InvalidInput', 'The input is not valid: a type without a name');
      }
      const start = [
        StartRecordName === undefined ? '' : reversed(fullName(StartRecordName)),
        StartRecordType ?? '',
      ];
      const sorted = [...zones.get(bare(HostedZoneId)).sets.values()]
        .toSorted((one, other) => comparePosition(position(one), position(other)))
        .filter((set) => comparePosition(position(set), start) >= 0);
      const size = Math.min(Number(MaxItems ?? RECORD_PAGE_LIMIT), RECORD_PAGE_LIMIT);
      const next = sorted[size];
      return {
        ResourceRecordSets: sorted.slice(0, size),
        IsTruncated: next !== undefined,
        NextRecordName: next?.Name,
        NextRecordType: next?.Type,
        MaxItems: size,
      };
    },
  ),
  operation<ChangeResourceRecordSetsRequest, ChangeResourceRecordSetsResponse>(
    ChangeResourceRecordSets$,
    ({ HostedZoneId, ChangeBatch }, { account }) => {
      const { zones } = account;
      applyBatch(zones.get(bare(HostedZoneId)), ChangeBatch.Changes ?? [], account.distributions);
      return { ChangeInfo: changeView(zones.newChange()) };
    },
  ),
  operation<GetChangeRequest, GetChangeResponse>(GetChange$, ({ Id }, { account: { zones } }) => {
    const change = zones.changes.get(bare(Id));
    if (change === undefined) {
      throw new AwsError('NoSuchChange', `Could not find resource with ID: ${bare(Id)}`, 404);
    }
    return { ChangeInfo: changeView(change) };
  }),
  operation<ListTagsForResourceRequest, ListTagsForResourceResponse>(
    ListTagsForResource$,
    ({ ResourceType, ResourceId }, { account: { zones } }) => ({
      ResourceTagSet: {
        ResourceType,
        ResourceId,
        Tags: Object.entries(zones.get(bare(ResourceId)).tags).map(([Key, Value]) => ({ Key, Value })),
      },
    }),
  ),
];

export const route53: Service = {
  prefix: 'route53',
  signingName: 'route53',
  recognises: ({ path }) => path.startsWith('/2013-04-01/'),
  wire: restXmlWire({ xmlns: 'https://route53.amazonaws.com/doc/2013-04-01/', malformed: 'MalformedInput' }),
  errors: queryErrors,
  operations: byName(operations),
};

/** `/hostedzone/Z1` as `Z1`; both are taken (API reference). */
function bare(id: string): string {
  return id.replace(/^\/?(hostedzone|change)\//, '');
}

/** By labels from the last: `example.org.` before `www.example.org.`, as Route 53 lists them. */
function reversed(name: string): string {
  return name.split('.').reverse().join('.');
}

function position({ Name = '', Type }: ResourceRecordSet): string[] {
  return [reversed(Name), String(Type)];
}

function comparePosition(one: readonly string[], other: readonly string[]): number {
  return compare(one[0] ?? '', other[0] ?? '') || compare(one[1] ?? '', other[1] ?? '');
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function zoneView({ id, name, isPrivate, sets }: HostedZone): HostedZoneView {
  return {
    Id: `/hostedzone/${id}`,
    Name: name,
    CallerReference: id,
    Config: { PrivateZone: isPrivate },
    ResourceRecordSetCount: sets.size,
  };
}

function changeView({ id, submittedAt, status }: Change) {
  return { Id: `/change/${id}`, SubmittedAt: submittedAt, Status: status };
}
