import type { EC2Client } from '@aws-sdk/client-ec2';
import { MARK_TAG } from '../../model/marks.ts';
import { PATIENCE, withClient } from './client.ts';

/**
 * What an `up` that broke off made in a network without having recorded it, and what can't be there twice: a VPC has one
 * internet gateway, a range of addresses one subnet, and a subnet one route table. Each is asked for before its like is
 * made, when the stack has none, so that whatever bears the mark is of that kind. What is in use, EC2 doesn't let go.
 */
export const inTheWay = (region: string, mark: string) => {
  const filters = (name: string, value: string) => [
    { Name: name, Values: [value] },
    { Name: `tag:${MARK_TAG}`, Values: [mark] },
  ];
  return {
    /** Removes the VPC's internet gateway. */
    gatewayOf: (vpcId: string) =>
      speaking(region, async (client) => {
        const {
          DeleteInternetGatewayCommand,
          DescribeInternetGatewaysCommand,
          DetachInternetGatewayCommand,
        } = await import('@aws-sdk/client-ec2');
        const Filters = filters('attachment.vpc-id', vpcId);
        const { InternetGateways } = await client.send(new DescribeInternetGatewaysCommand({ Filters }));
        for (const { InternetGatewayId } of InternetGateways ?? []) {
          await client.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }));
          await client.send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
        }
      }),
    /** Removes the VPC's subnets. */
    subnetsOf: (vpcId: string) =>
      speaking(region, async (client) => {
        const { DeleteSubnetCommand, DescribeSubnetsCommand } = await import('@aws-sdk/client-ec2');
        const Filters = filters('vpc-id', vpcId);
        const { Subnets } = await client.send(new DescribeSubnetsCommand({ Filters }));
        for (const { SubnetId } of Subnets ?? []) await client.send(new DeleteSubnetCommand({ SubnetId }));
      }),
    /** Takes a subnet from the route table that it is associated with. */
    routesOf: (subnetId: string) =>
      speaking(region, async (client) => {
        const { DescribeRouteTablesCommand, DisassociateRouteTableCommand } = await import(
          '@aws-sdk/client-ec2'
        );
        const Filters = filters('association.subnet-id', subnetId);
        const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ Filters }));
        const associations = (RouteTables ?? []).flatMap(({ Associations }) => Associations ?? []);
        for (const { SubnetId, RouteTableAssociationId: AssociationId } of associations) {
          if (SubnetId === subnetId) await client.send(new DisassociateRouteTableCommand({ AssociationId }));
        }
      }),
  };
};

async function speaking(region: string, work: (client: EC2Client) => Promise<void>): Promise<void> {
  // Loaded when it is needed: a preview doesn't.
  const sdk = await import('@aws-sdk/client-ec2');
  await withClient(new sdk.EC2Client({ region, ...PATIENCE }), work);
}
