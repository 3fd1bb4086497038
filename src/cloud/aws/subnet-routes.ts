import { PATIENCE } from './client.ts';

/**
 * Takes a subnet from the route table that it is associated with: an `up` that broke off may have associated it without
 * having recorded that, and EC2 refuses a second association.
 */
export async function freeSubnet(region: string, subnetId: string): Promise<void> {
  // Loaded when it is needed: a preview doesn't.
  const { DescribeRouteTablesCommand, DisassociateRouteTableCommand, EC2Client } = await import(
    '@aws-sdk/client-ec2'
  );
  const client = new EC2Client({ region, ...PATIENCE });
  try {
    const filter = { Name: 'association.subnet-id', Values: [subnetId] };
    const { RouteTables } = await client.send(new DescribeRouteTablesCommand({ Filters: [filter] }));
    const associations = (RouteTables ?? []).flatMap(({ Associations }) => Associations ?? []);
    for (const { SubnetId, RouteTableAssociationId: AssociationId } of associations) {
      if (SubnetId === subnetId) await client.send(new DisassociateRouteTableCommand({ AssociationId }));
    }
  } finally {
    client.destroy();
  }
}
