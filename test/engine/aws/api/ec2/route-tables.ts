import {
  AssociateRouteTable$,
  type AssociateRouteTableRequest,
  type AssociateRouteTableResult,
  CreateRoute$,
  type CreateRouteRequest,
  type CreateRouteResult,
  CreateRouteTable$,
  type CreateRouteTableRequest,
  type CreateRouteTableResult,
  DeleteRoute$,
  type DeleteRouteRequest,
  DeleteRouteTable$,
  type DeleteRouteTableRequest,
  DescribeRouteTables$,
  type DescribeRouteTablesRequest,
  type DescribeRouteTablesResult,
  DisassociateRouteTable$,
  type DisassociateRouteTableRequest,
  ReplaceRoute$,
  type ReplaceRouteRequest,
  type RouteTable as RouteTableView,
} from '@aws-sdk/client-ec2';
import { network } from '../cidr.ts';
import { operation } from '../wire/operation.ts';
import { described } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import type { Route, RouteTable, Vpc } from './network.ts';
import type { Ec2 } from './state.ts';
import { newId, type Resource } from './store.ts';
import { tagsFor } from './tags.ts';

export const routeTableOperations = [
  operation<CreateRouteTableRequest, CreateRouteTableResult>(CreateRouteTable$, (input, call) => {
    const { ec2 } = call.region;
    const vpc = ec2.vpcs.get(input.VpcId);
    const tags = tagsFor(kinds.routeTable, input.TagSpecifications, call);
    return { RouteTable: view(ec2, newTable(ec2, vpc, { main: false, tags })) };
  }),
  operation<DeleteRouteTableRequest, object>(DeleteRouteTable$, ({ RouteTableId }, { region: { ec2 } }) => {
    const table = ec2.routeTables.get(RouteTableId);
    if (table.main || table.associations.length > 0) {
      throw refusal.inUse('routeTable', table.id);
    }
    ec2.routeTables.delete(table);
    return {};
  }),
  operation<DescribeRouteTablesRequest, DescribeRouteTablesResult>(DescribeRouteTables$, (input, call) => {
    const { ec2 } = call.region;
    const { items, next } = described(
      ec2.routeTables,
      { input, ids: input.RouteTableIds, call },
      {
        'route-table-id': ({ id }) => [id],
        'vpc-id': ({ vpc }) => [vpc.id],
        'association.main': ({ main }) => [String(main)],
        'association.subnet-id': ({ associations }) => associations.map(({ subnet }) => subnet.id),
        'association.route-table-association-id': ({ associations }) => associations.map(({ id }) => id),
        'route.destination-cidr-block': (table) => destinations(table, '.'),
        'route.destination-ipv6-cidr-block': (table) => destinations(table, ':'),
        'route.gateway-id': ({ routes }) => routes.map(({ gatewayId }) => gatewayId),
      },
    );
    return { RouteTables: items.map((table) => view(ec2, table)), NextToken: next };
  }),
  operation<CreateRouteRequest, CreateRouteResult>(CreateRoute$, (input, { region: { ec2 } }) => {
    const table = ec2.routeTables.get(input.RouteTableId);
    const destination = destinationOf(input);
    const gatewayId = gatewayOf(ec2, table, input.GatewayId);
    const existing = table.routes.find((one) => one.destination === destination);
    if (existing !== undefined && existing.gatewayId !== gatewayId) {
      throw refusal.routeExists(destination);
    }
    if (existing === undefined) {
      table.routes.push({ destination, gatewayId, origin: 'CreateRoute' });
    }
    return { Return: true };
  }),
  operation<ReplaceRouteRequest, object>(ReplaceRoute$, (input, { region: { ec2 } }) => {
    const table = ec2.routeTables.get(input.RouteTableId);
    const route = routeTo(table, destinationOf(input));
    route.gatewayId = gatewayOf(ec2, table, input.GatewayId);
    return {};
  }),
  operation<DeleteRouteRequest, object>(DeleteRoute$, (input, { region: { ec2 } }) => {
    const table = ec2.routeTables.get(input.RouteTableId);
    const route = routeTo(table, destinationOf(input));
    if (route.gatewayId === 'local') {
      throw refusal.routeFixed(table.id);
    }
    table.routes = table.routes.filter((one) => one !== route);
    return {};
  }),
  operation<AssociateRouteTableRequest, AssociateRouteTableResult>(
    AssociateRouteTable$,
    ({ RouteTableId, SubnetId }, { region: { ec2 } }) => {
      const table = ec2.routeTables.get(RouteTableId);
      if (SubnetId === undefined) {
        throw refusal.missing('subnetId');
      }
      const subnet = ec2.subnets.get(SubnetId);
      if (subnet.vpc !== table.vpc) {
        throw refusal.otherNetwork(`route table ${table.id}`, `subnet ${subnet.id}`);
      }
      const existing = ec2.routeTables.all
        .flatMap((one) => one.associations.map((association) => ({ table: one, association })))
        .find(({ association }) => association.subnet === subnet);
      if (existing !== undefined) {
        throw refusal.tableAssociated(table.id);
      }
      const association = { id: newId('rtbassoc'), subnet };
      table.associations.push(association);
      return { AssociationId: association.id, AssociationState: { State: 'associated' } };
    },
  ),
  operation<DisassociateRouteTableRequest, object>(
    DisassociateRouteTable$,
    ({ AssociationId }, { region: { ec2 } }) => {
      const table = ec2.routeTables.all.find(({ associations }) =>
        associations.some(({ id }) => id === AssociationId),
      );
      if (table === undefined) {
        throw refusal.noAssociation(AssociationId);
      }
      table.associations = table.associations.filter(({ id }) => id !== AssociationId);
      return {};
    },
  ),
];

/** The table that a VPC comes with. */
export function newMainTable(ec2: Ec2, vpc: Vpc): RouteTable {
  return newTable(ec2, vpc, { main: true, tags: [] });
}

function newTable(ec2: Ec2, vpc: Vpc, { main, tags }: { main: boolean; tags: Resource['tags'] }): RouteTable {
  const blocks = vpc.ipv6 === undefined ? [vpc.cidr] : [vpc.cidr, vpc.ipv6.cidr];
  return ec2.routeTables.add({
    id: newId('rtb'),
    ...ec2.fresh,
    tags,
    vpc,
    main,
    mainAssociationId: newId('rtbassoc'),
    routes: blocks.map((destination) => ({ destination, gatewayId: 'local', origin: 'CreateRouteTable' })),
    associations: [],
  });
}

interface Destination {
  DestinationCidrBlock?: string | undefined;
  DestinationIpv6CidrBlock?: string | undefined;
}

function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Destination): string {
  const given = DestinationCidrBlock ?? DestinationIpv6CidrBlock;
  if (given === undefined) {
    throw refusal.missing('destinationCidrBlock or destinationIpv6CidrBlock');
  }
  const found = network(given);
  if (found === undefined || found.family !== (DestinationCidrBlock === undefined ? 'ipv6' : 'ipv4')) {
    throw refusal.invalidValue(`Value (${given}) for parameter destinationCidrBlock is invalid.`);
  }
  return found.text;
}

function gatewayOf(ec2: Ec2, table: RouteTable, gatewayId: string | undefined): string {
  if (gatewayId === undefined) {
    throw refusal.missing('gatewayId');
  }
  if (ec2.internetGateways.get(gatewayId).vpc !== table.vpc) {
    throw refusal.otherNetwork(`route table ${table.id}`, `network gateway ${gatewayId}`);
  }
  return gatewayId;
}

function routeTo(table: RouteTable, destination: string): Route {
  const route = table.routes.find((one) => one.destination === destination);
  if (route === undefined) {
    throw refusal.noRoute(destination, table.id);
  }
  return route;
}

function destinations(table: RouteTable, mark: '.' | ':'): string[] {
  return table.routes
    .map(({ destination }) => destination)
    .filter((destination) => destination.includes(mark));
}

function view(ec2: Ec2, table: RouteTable): RouteTableView {
  const associations = table.associations.map(({ id, subnet }) => ({
    RouteTableAssociationId: id,
    RouteTableId: table.id,
    SubnetId: subnet.id,
    Main: false,
    AssociationState: { State: 'associated' as const },
  }));
  const main = {
    RouteTableAssociationId: table.mainAssociationId,
    RouteTableId: table.id,
    Main: true,
    AssociationState: { State: 'associated' as const },
  };
  return {
    RouteTableId: table.id,
    VpcId: table.vpc.id,
    OwnerId: ec2.region.account.id,
    Associations: table.main ? [main, ...associations] : associations,
    PropagatingVgws: [],
    Routes: table.routes.map(({ destination, gatewayId, origin }) => ({
      ...(destination.includes(':')
        ? { DestinationIpv6CidrBlock: destination }
        : { DestinationCidrBlock: destination }),
      GatewayId: gatewayId,
      Origin: origin,
      State:
        gatewayId === 'local' || ec2.internetGateways.find(gatewayId)?.vpc === table.vpc
          ? 'active'
          : 'blackhole',
    })),
    Tags: table.tags,
  };
}
