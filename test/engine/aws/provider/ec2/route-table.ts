/** internal/service/ec2/vpc_route_table.go */

import {
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  type EC2Client,
  ReplaceRouteCommand,
  type Route,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import { elementsIn } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { cidrProblem } from '../bridge/validators.ts';
import { doing, tolerating } from '../errors.ts';
import { isGone } from '../gone.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { waitFor } from '../wait.ts';
import { ec2Arn, retag, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidRouteTableID.NotFound';

/** Its routes; of the targets only gateways. Routes that came with the VPC are not shown. */
export const routeTable: ResourceType = {
  token: 'aws:ec2/routeTable:RouteTable',
  schema: {
    ...regional,
    ...tagged,
    vpcId: { type: 'string', required: true, forceNew: true },
    routes: {
      type: 'set',
      optional: true,
      computed: true,
      fields: {
        cidrBlock: { type: 'string', optional: true, validate: cidrProblem('ipv4') },
        ipv6CidrBlock: { type: 'string', optional: true, validate: cidrProblem('ipv6') },
        gatewayId: { type: 'string', optional: true },
      },
    },
    arn: { type: 'string', computed: true },
    ownerId: { type: 'string', computed: true },
    propagatingVgws: { type: 'set', computed: true },
  },
  create: async ({ ec2 }, data) => {
    const VpcId = data.text('vpcId');
    const TagSpecifications = tagSpecifications('route-table', data);
    const call = ec2.send(new CreateRouteTableCommand({ VpcId, TagSpecifications }));
    data.id = (await doing('creating Route Table', call)).RouteTable?.RouteTableId ?? '';
    const look = async () => ((await findRouteTable(ec2, data.id)) === undefined ? undefined : 'ready');
    await doing(`waiting for Route Table (${data.id}) create`, waitFor(look, { target: ['ready'] }));
    for (const route of data.blocks('routes')) {
      await add(ec2, data.id, route);
    }
  },
  read: async (cloud, data) => {
    const what = `reading Route Table (${data.id})`;
    const found = await doing(what, findRouteTable(cloud.ec2, data.id));
    if (isGone(found, data, what)) {
      return;
    }
    data.set({
      arn: ec2Arn(cloud, `route-table/${data.id}`),
      ownerId: found.OwnerId,
      vpcId: found.VpcId,
      propagatingVgws: (found.PropagatingVgws ?? []).map(({ GatewayId }) => GatewayId),
      routes: (found.Routes ?? []).filter(isShown).map(routeBlock),
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
  },
  retag,
  update: async ({ ec2 }, data) => {
    if (!data.changed('routes')) {
      return;
    }
    const before = elementsIn(data.before('routes'));
    const after = data.blocks('routes');
    for (const route of after) {
      const old = before.find((one) => destination(one) === destination(route));
      if (old === undefined) {
        await add(ec2, data.id, route);
      } else if (old.gatewayId !== route.gatewayId) {
        const call = ec2.send(new ReplaceRouteCommand({ ...routeInput(route), RouteTableId: data.id }));
        await doing(
          `updating Route in Route Table (${data.id}) with destination (${destination(route)})`,
          call,
        );
      }
    }
    for (const route of before) {
      if (!after.some((one) => destination(one) === destination(route))) {
        const { GatewayId: _, ...where } = routeInput(route);
        const call = ec2.send(new DeleteRouteCommand({ ...where, RouteTableId: data.id }));
        const what = `deleting Route in Route Table (${data.id}) with destination (${destination(route)})`;
        await tolerating(['InvalidRoute.NotFound'], what, call);
      }
    }
  },
  delete: async ({ ec2 }, { id: RouteTableId }) => {
    const what = `deleting Route Table (${RouteTableId})`;
    const found = await doing(what, findRouteTable(ec2, RouteTableId));
    if (found === undefined) {
      // Not tolerated at this point.
      throw new Error(`reading Route Table (${RouteTableId}): couldn't find resource`);
    }
    for (const { RouteTableAssociationId: AssociationId } of found.Associations ?? []) {
      const call = ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
      await tolerating(['InvalidAssociationID.NotFound'], what, call);
    }
    await tolerating([NOT_FOUND], what, ec2.send(new DeleteRouteTableCommand({ RouteTableId })));
    const look = async () => ((await findRouteTable(ec2, RouteTableId)) === undefined ? undefined : 'ready');
    await doing(what, waitFor(look, { pending: ['ready'], target: [] }));
  },
  import: importById,
};

async function findRouteTable(ec2: EC2Client, id: string): Promise<RouteTable | undefined> {
  const command = new DescribeRouteTablesCommand({ RouteTableIds: [id] });
  return (await unless([NOT_FOUND], ec2.send(command)))?.RouteTables?.[0];
}

async function add(ec2: EC2Client, id: string, route: Properties): Promise<void> {
  if ((route.cidrBlock === undefined) === (route.ipv6CidrBlock === undefined)) {
    throw new Error('creating route: exactly one of its destinations must be set');
  }
  if (route.gatewayId === undefined) {
    throw new Error('creating route: one of its targets must be set');
  }
  const what = `creating Route in Route Table (${id}) with destination (${destination(route)})`;
  await doing(what, ec2.send(new CreateRouteCommand({ ...routeInput(route), RouteTableId: id })));
  const look = async () => {
    const routes = (await findRouteTable(ec2, id))?.Routes ?? [];
    return routes.map(routeBlock).some((one) => destination(one) === destination(route))
      ? 'ready'
      : undefined;
  };
  await doing(what, waitFor(look, { target: ['ready'] }));
}

function destination(route: Properties): string {
  return String(route.cidrBlock ?? route.ipv6CidrBlock);
}

function routeInput({ cidrBlock, ipv6CidrBlock, gatewayId }: Properties) {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    DestinationCidrBlock: text(cidrBlock),
    DestinationIpv6CidrBlock: text(ipv6CidrBlock),
    GatewayId: text(gatewayId),
  };
}

/** `flattenRoutes` */
function isShown({ GatewayId, Origin }: Route): boolean {
  return GatewayId !== 'local' && Origin !== 'EnableVgwRoutePropagation';
}

function routeBlock({ DestinationCidrBlock, DestinationIpv6CidrBlock, GatewayId }: Route): Properties {
  return {
    ...(DestinationCidrBlock === undefined ? {} : { cidrBlock: DestinationCidrBlock }),
    ...(DestinationIpv6CidrBlock === undefined ? {} : { ipv6CidrBlock: DestinationIpv6CidrBlock }),
    ...(GatewayId === undefined ? {} : { gatewayId: GatewayId }),
  };
}
