/** internal/service/ec2/vpc_route_table_association.go */
import {
  AssociateRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  type EC2Client,
  ReplaceRouteTableAssociationCommand,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { ResourceType } from '../bridge/resource-type.ts';
import { doing, tolerating } from '../errors.ts';
import { regional } from '../tags.ts';
import { seen, waitFor } from '../wait.ts';
import { retrying } from './common.ts';

const TARGETS = ['subnetId', 'gatewayId'];

export const routeTableAssociation: ResourceType = {
  token: 'aws:ec2/routeTableAssociation:RouteTableAssociation',
  schema: {
    ...regional,
    routeTableId: { type: 'string', required: true },
    subnetId: { type: 'string', optional: true, forceNew: true, exactlyOneOf: TARGETS },
    gatewayId: { type: 'string', optional: true, forceNew: true, exactlyOneOf: TARGETS },
  },
  create: async ({ ec2 }, data) => {
    const command = new AssociateRouteTableCommand({
      RouteTableId: data.text('routeTableId'),
      SubnetId: data.maybeText('subnetId'),
      GatewayId: data.maybeText('gatewayId'),
    });
    const call = retrying(['InvalidRouteTableID.NotFound'], () => ec2.send(command));
    const what = `creating Route Table (${data.text('routeTableId')}) Association`;
    data.id = (await doing(what, call)).AssociationId ?? '';
    await doing(`waiting for Route Table Association (${data.id}) create`, associated(ec2, data.id));
  },
  read: async ({ ec2 }, data) => {
    const look = seen(data.isNew, () => find(ec2, data.id));
    const found = await doing(`reading Route Table Association (${data.id})`, look);
    if (found === undefined) {
      data.gone();
      return;
    }
    data.set({ routeTableId: found.RouteTableId, subnetId: found.SubnetId, gatewayId: found.GatewayId });
  },
  update: async ({ ec2 }, data) => {
    const RouteTableId = data.text('routeTableId');
    const command = new ReplaceRouteTableAssociationCommand({ AssociationId: data.id, RouteTableId });
    const what = `updating Route Table Association (${data.id})`;
    data.id = (await doing(what, ec2.send(command))).NewAssociationId ?? '';
    await doing(`waiting for Route Table Association (${data.id}) update`, associated(ec2, data.id));
  },
  delete: async ({ ec2 }, { id: AssociationId }) => {
    const what = `deleting Route Table Association (${AssociationId})`;
    const call = ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
    await tolerating(['InvalidAssociationID.NotFound'], what, call);
    const look = async () => (await find(ec2, AssociationId))?.AssociationState?.State;
    await doing(what, waitFor(look, { pending: ['disassociating', 'associated'], target: [] }));
  },
};

async function find(ec2: EC2Client, id: string): Promise<RouteTableAssociation | undefined> {
  const Filters = [{ Name: 'association.route-table-association-id', Values: [id] }];
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  const found = RouteTables?.[0]?.Associations?.find((one) => one.RouteTableAssociationId === id);
  return found?.AssociationState?.State === 'disassociated' ? undefined : found;
}

async function associated(ec2: EC2Client, id: string): Promise<void> {
  const look = async () => (await find(ec2, id))?.AssociationState?.State;
  await waitFor(look, { pending: ['associating'], target: ['associated'] });
}
