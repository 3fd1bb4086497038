import {
  AttachInternetGateway$,
  type AttachInternetGatewayRequest,
  CreateInternetGateway$,
  type CreateInternetGatewayRequest,
  type CreateInternetGatewayResult,
  DeleteInternetGateway$,
  type DeleteInternetGatewayRequest,
  DescribeInternetGateways$,
  type DescribeInternetGatewaysRequest,
  type DescribeInternetGatewaysResult,
  DetachInternetGateway$,
  type DetachInternetGatewayRequest,
  type InternetGateway as InternetGatewayView,
} from '@aws-sdk/client-ec2';
import { operation } from '../wire/operation.ts';
import { described } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import type { InternetGateway, Vpc } from './network.ts';
import type { Ec2 } from './state.ts';
import { newId } from './store.ts';
import { tagsFor } from './tags.ts';

export const internetGatewayOperations = [
  operation<CreateInternetGatewayRequest, CreateInternetGatewayResult>(
    CreateInternetGateway$,
    (input, call) => {
      const { ec2 } = call.region;
      const tags = tagsFor(kinds.internetGateway, input.TagSpecifications, call);
      const gateway = ec2.internetGateways.add({ id: newId('igw'), ...ec2.fresh, tags, vpc: undefined });
      return { InternetGateway: view(gateway, call.account.id) };
    },
  ),
  operation<AttachInternetGatewayRequest, object>(
    AttachInternetGateway$,
    ({ InternetGatewayId, VpcId }, { region: { ec2 } }) => {
      const gateway = ec2.internetGateways.get(InternetGatewayId);
      const vpc = ec2.vpcs.get(VpcId);
      if (gateway.vpc !== undefined) {
        throw refusal.gatewayAttached(gateway.id, gateway.vpc.id);
      }
      if (ec2.internetGateways.all.some((one) => one.vpc === vpc)) {
        throw refusal.hasGateway(vpc.id);
      }
      gateway.vpc = vpc;
      return {};
    },
  ),
  operation<DetachInternetGatewayRequest, object>(
    DetachInternetGateway$,
    ({ InternetGatewayId, VpcId }, { region: { ec2 } }) => {
      const gateway = ec2.internetGateways.get(InternetGatewayId);
      const vpc = ec2.vpcs.get(VpcId);
      if (gateway.vpc !== vpc) {
        throw refusal.gatewayNotAttached(gateway.id, vpc.id);
      }
      if (hasMappedAddress(ec2, vpc)) {
        throw refusal.mappedAddresses(vpc.id);
      }
      gateway.vpc = undefined;
      return {};
    },
  ),
  operation<DeleteInternetGatewayRequest, object>(
    DeleteInternetGateway$,
    ({ InternetGatewayId }, { region: { ec2 } }) => {
      const gateway = ec2.internetGateways.get(InternetGatewayId);
      if (gateway.vpc !== undefined) {
        throw refusal.inUse('internetGateway', gateway.id);
      }
      ec2.internetGateways.delete(gateway);
      return {};
    },
  ),
  operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult>(
    DescribeInternetGateways$,
    (input, call) => {
      const { items, next } = described(
        call.region.ec2.internetGateways,
        { input, ids: input.InternetGatewayIds, call },
        {
          'internet-gateway-id': ({ id }) => [id],
          'attachment.vpc-id': ({ vpc }) => [vpc?.id],
          'attachment.state': ({ vpc }) => (vpc === undefined ? [] : ['available']),
          'owner-id': () => [call.account.id],
        },
      );
      return { InternetGateways: items.map((one) => view(one, call.account.id)), NextToken: next };
    },
  ),
];

/** Public IPv4 addresses that somebody in the VPC has. */
function hasMappedAddress(ec2: Ec2, vpc: Vpc): boolean {
  return ec2.instances.all.some(
    (instance) =>
      instance.subnet.vpc === vpc &&
      instance.state !== 'terminated' &&
      (instance.temporaryIpv4 !== '' || ec2.addressOf(instance) !== undefined),
  );
}

function view({ id, tags, vpc }: InternetGateway, owner: string): InternetGatewayView {
  return {
    InternetGatewayId: id,
    OwnerId: owner,
    Tags: tags,
    // EC2 says "available" here, which is not among the values that its model has.
    Attachments: vpc === undefined ? [] : [{ VpcId: vpc.id, State: 'available' as never }],
  };
}
