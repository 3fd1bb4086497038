import type { TagDescription } from '@aws-sdk/client-ec2';
import { MARK_TAG } from '../../model/marks.ts';
import { PATIENCE, withClient } from './client.ts';
import { DAY, type HostNow, type Marked, type MarkedThing, monthOf, type Traffic, total } from './marked.ts';

/** What removes a thing of EC2, by the type that its tag is told with. */
const REMOVE: Readonly<Record<string, readonly [type: string, command: string]>> = {
  instance: ['EC2 instance', 'terminate-instances --instance-ids'],
  'elastic-ip': ['Elastic IP', 'release-address --allocation-id'],
  'network-interface': ['EC2 network interface', 'delete-network-interface --network-interface-id'],
  'security-group': ['EC2 security group', 'delete-security-group --group-id'],
  subnet: ['VPC subnet', 'delete-subnet --subnet-id'],
  'route-table': ['VPC route table', 'delete-route-table --route-table-id'],
  'internet-gateway': ['VPC internet gateway', 'delete-internet-gateway --internet-gateway-id'],
  volume: ['EBS volume', 'delete-volume --volume-id'],
  vpc: ['VPC', 'delete-vpc --vpc-id'],
};

/** In the order in which they can be removed. */
const ORDER = Object.keys(REMOVE);

/** States of hosts that are gone or going, and cost nothing. */
const GONE: readonly string[] = ['terminated', 'shutting-down'];

/**
 * What bears a stack's mark at EC2.
 * @param mark the plan's id
 * @throws what the SDK throws: see `awsSentence`
 */
export async function markedAtEc2(region: string, mark: string): Promise<Marked> {
  const { EC2Client, paginateDescribeInstances, paginateDescribeTags, paginateDescribeVolumes } =
    await import('@aws-sdk/client-ec2');
  return withClient(new EC2Client({ region, ...PATIENCE }), async (client) => {
    const hosts: HostNow[] = [];
    const byTag = [{ Name: `tag:${MARK_TAG}`, Values: [mark] }];
    for await (const { Reservations = [] } of paginateDescribeInstances({ client }, { Filters: byTag })) {
      for (const each of Reservations.flatMap(({ Instances = [] }) => Instances)) {
        const { InstanceId: id = '', State, LaunchTime: createdAt = null } = each;
        hosts.push({ id, state: State?.Name ?? 'unknown', createdAt });
      }
    }
    const tags: TagDescription[] = [];
    const marked = [
      { Name: 'key', Values: [MARK_TAG] },
      { Name: 'value', Values: [mark] },
    ];
    for await (const { Tags = [] } of paginateDescribeTags({ client }, { Filters: marked }))
      tags.push(...Tags);
    // A host's disk bears its mark, and goes with it: only one that no host has was left behind.
    const loose: (string | undefined)[] = [];
    for await (const { Volumes = [] } of paginateDescribeVolumes({ client }, { Filters: byTag })) {
      loose.push(...Volumes.filter(({ State }) => State === 'available').map(({ VolumeId }) => VolumeId));
    }
    const gone = hosts.filter(({ state }) => GONE.includes(state)).map(({ id }) => id);
    const things = tags.flatMap(({ ResourceId = '', ResourceType = '' }): MarkedThing[] => {
      const known = REMOVE[ResourceType];
      if (known === undefined || gone.includes(ResourceId)) return [];
      if (ResourceType === 'volume' && !loose.includes(ResourceId)) return [];
      const [type, command] = known;
      return [{ type, id: ResourceId, remove: `aws ec2 ${command} ${ResourceId} --region ${region}` }];
    });
    const rank = ({ type }: MarkedThing): number => ORDER.findIndex((each) => REMOVE[each]?.[0] === type);
    return {
      hosts: hosts.filter(({ id }) => !gone.includes(id)),
      things: things.toSorted((one, other) => rank(one) - rank(other)),
    };
  });
}

/** What a host has sent and got this month. @throws as above */
export async function trafficAtEc2(region: string, instanceId: string, now: Date): Promise<Traffic> {
  const { CloudWatchClient, GetMetricStatisticsCommand } = await import('@aws-sdk/client-cloudwatch');
  const since = monthOf(now);
  return withClient(new CloudWatchClient({ region, ...PATIENCE }), async (client) => {
    const sum = async (MetricName: string): Promise<number> => {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/EC2',
          MetricName,
          Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
          StartTime: since,
          EndTime: now,
          Period: DAY,
          Statistics: ['Sum'],
        }),
      );
      return total(Datapoints.map(({ Sum }) => ({ sum: Sum })));
    };
    return { since, inBytes: await sum('NetworkIn'), outBytes: await sum('NetworkOut') };
  });
}
