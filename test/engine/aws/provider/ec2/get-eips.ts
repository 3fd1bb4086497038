/** hashicorp/terraform-provider-aws, internal/service/ec2/ec2_eips_data_source.go */
import { DescribeAddressesCommand } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import type { Cloud } from '../cloud.ts';
import { doing } from '../errors.ts';
import { filtersOf } from './get-instances.ts';

export async function getEips({ ec2, region }: Cloud, args: Properties): Promise<Properties> {
  const filters = filtersOf(args.filters, args.tags);
  const Filters = filters.length > 0 ? filters : undefined;
  const call = ec2.send(new DescribeAddressesCommand({ Filters }));
  const { Addresses = [] } = await doing('reading EC2 EIPs', call);
  return {
    ...args,
    id: region,
    region,
    allocationIds: Addresses.map(({ AllocationId }) => AllocationId),
    publicIps: Addresses.map(({ PublicIp }) => PublicIp),
  };
}
