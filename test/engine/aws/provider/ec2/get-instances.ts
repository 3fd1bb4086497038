/** hashicorp/terraform-provider-aws, internal/service/ec2/ec2_instances_data_source.go */
import { type Filter, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import { elementsIn, tagsIn, textsIn } from '../bridge/data.ts';
import type { Cloud } from '../cloud.ts';

/** Running ones, unless other states are asked for. */
export async function getInstances({ ec2, region }: Cloud, args: Properties): Promise<Properties> {
  const states = textsIn(args.instanceStateNames);
  const Filters = [
    { Name: 'instance-state-name', Values: states.length > 0 ? states : ['running'] },
    ...filtersOf(args.filters, args.instanceTags),
  ];
  const found = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2 }, { Filters })) {
    found.push(...Reservations.flatMap(({ Instances }) => Instances ?? []));
  }
  const present = (values: (string | undefined)[]) => values.filter((value) => value !== undefined);
  return {
    instanceTags: {},
    ...args,
    id: region,
    region,
    ids: present(found.map(({ InstanceId }) => InstanceId)),
    privateIps: present(found.map(({ PrivateIpAddress }) => PrivateIpAddress)),
    publicIps: present(found.map(({ PublicIpAddress }) => PublicIpAddress)),
    ipv6Addresses: present(found.map(({ Ipv6Address }) => Ipv6Address)),
  };
}

/** `newCustomFilterList` and `newTagFilterList` */
export function filtersOf(filters: unknown, tags: unknown): Filter[] {
  return [
    ...elementsIn(filters).map(({ name, values }) => ({ Name: String(name), Values: textsIn(values) })),
    ...Object.entries(tagsIn(tags)).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
  ];
}
