import {
  type Address as AddressView,
  AllocateAddress$,
  type AllocateAddressRequest,
  type AllocateAddressResult,
  AssociateAddress$,
  type AssociateAddressRequest,
  type AssociateAddressResult,
  DescribeAddresses$,
  DescribeAddressesAttribute$,
  type DescribeAddressesAttributeRequest,
  type DescribeAddressesAttributeResult,
  type DescribeAddressesRequest,
  type DescribeAddressesResult,
  DisassociateAddress$,
  type DisassociateAddressRequest,
  ReleaseAddress$,
  type ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { operation } from '../wire/operation.ts';
import { described } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import type { Instance } from './instance.ts';
import type { Address, Ec2 } from './state.ts';
import { newId } from './store.ts';
import { tagsFor } from './tags.ts';

export const addressOperations = [
  operation<AllocateAddressRequest, AllocateAddressResult>(AllocateAddress$, (input, call) => {
    const { ec2, account } = call.region;
    if (input.Domain !== undefined && input.Domain !== 'vpc') {
      throw refusal.invalidValue(`Invalid value '${input.Domain}' for domain.`);
    }
    const tags = tagsFor(kinds.address, input.TagSpecifications, call);
    if (ec2.addresses.all.length >= account.settings.quotas.elasticIps) {
      throw refusal.limit.addresses();
    }
    const address = ec2.addresses.add({
      id: newId('eipalloc'),
      ...ec2.fresh,
      tags,
      publicIp: account.newStaticAddress(),
      association: undefined,
    });
    return {
      PublicIp: address.publicIp,
      AllocationId: address.id,
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: call.region.name,
      Domain: 'vpc',
    };
  }),
  operation<AssociateAddressRequest, AssociateAddressResult>(
    AssociateAddress$,
    ({ AllocationId, InstanceId, NetworkInterfaceId, AllowReassociation }, { region: { ec2 } }) => {
      if (AllocationId === undefined) {
        throw refusal.missing('AllocationId');
      }
      const address = ec2.addresses.get(AllocationId);
      const instance = target(ec2, InstanceId, NetworkInterfaceId);
      if (instance.state !== 'running' && instance.state !== 'stopped') {
        throw refusal.instanceNotReady(instance.state, instance.id);
      }
      const { vpc } = instance.subnet;
      if (!ec2.internetGateways.all.some((gateway) => gateway.vpc === vpc)) {
        throw refusal.noGateway(vpc.id);
      }
      const { association } = address;
      if (association?.instance === instance) {
        return { AssociationId: association.id };
      }
      // In a VPC it is false unless given, and that refuses (API reference).
      if (association !== undefined && AllowReassociation !== true) {
        throw refusal.addressAssociated(AllocationId, association.id);
      }
      const other = ec2.addressOf(instance);
      if (other !== undefined) {
        if (AllowReassociation !== true) {
          throw refusal.addressAssociated(instance.networkInterface.id, other.association?.id ?? '');
        }
        other.association = undefined;
      }
      address.association = { id: newId('eipassoc'), instance };
      if (association !== undefined) {
        giveTemporaryIpv4(ec2, association.instance);
      }
      instance.temporaryIpv4 = '';
      return { AssociationId: address.association.id };
    },
  ),
  operation<DisassociateAddressRequest, object>(
    DisassociateAddress$,
    ({ AssociationId }, { region: { ec2 } }) => {
      if (AssociationId === undefined) {
        throw refusal.missing('AssociationId');
      }
      const address = ec2.addresses.all.find(({ association }) => association?.id === AssociationId);
      if (address?.association === undefined) {
        throw refusal.noAssociation(AssociationId);
      }
      const { instance } = address.association;
      address.association = undefined;
      giveTemporaryIpv4(ec2, instance);
      return {};
    },
  ),
  operation<ReleaseAddressRequest, object>(ReleaseAddress$, ({ AllocationId }, { region: { ec2 } }) => {
    if (AllocationId === undefined) {
      throw refusal.missing('AllocationId');
    }
    const address = ec2.addresses.get(AllocationId);
    if (address.association !== undefined) {
      throw refusal.addressInUse(address.publicIp);
    }
    ec2.addresses.delete(address);
    return {};
  }),
  operation<DescribeAddressesRequest, DescribeAddressesResult>(DescribeAddresses$, (input, call) => {
    const { addresses } = call.region.ec2;
    const byIp = input.PublicIps?.map((publicIp) => withIp(addresses.all, publicIp).id);
    const { items } = described(
      addresses,
      { input, ids: input.AllocationIds ?? byIp, call },
      {
        'allocation-id': ({ id }) => [id],
        'public-ip': ({ publicIp }) => [publicIp],
        domain: () => ['vpc'],
        'association-id': ({ association }) => [association?.id],
        'instance-id': ({ association }) => [association?.instance.id],
        'network-interface-id': ({ association }) => [association?.instance.networkInterface.id],
      },
    );
    return { Addresses: items.map((address) => view(address, call.region.name, call.account.id)) };
  }),
  operation<DescribeAddressesAttributeRequest, DescribeAddressesAttributeResult>(
    DescribeAddressesAttribute$,
    ({ AllocationIds }, call) => ({
      Addresses: call.region.ec2.addresses
        .seen(call, AllocationIds)
        .map(({ id, publicIp }) => ({ AllocationId: id, PublicIp: publicIp })),
    }),
  ),
];

function withIp(addresses: readonly Address[], publicIp: string): Address {
  const found = addresses.find((address) => address.publicIp === publicIp);
  if (found === undefined) {
    throw refusal.noAddress(publicIp);
  }
  return found;
}

function target(ec2: Ec2, instanceId: string | undefined, interfaceId: string | undefined): Instance {
  if (instanceId !== undefined) {
    return ec2.instances.get(instanceId);
  }
  const found = ec2.instances.all.find(({ networkInterface }) => networkInterface.id === interfaceId);
  if (found === undefined) {
    throw refusal.missing('InstanceId');
  }
  return found;
}

/** An instance that began with an address of its own gets another when its Elastic IP goes (EC2 user guide). */
export function giveTemporaryIpv4(ec2: Ec2, instance: Instance): void {
  if (instance.hasTemporaryIpv4 && instance.state === 'running') {
    instance.turn += 1;
    const { publicIpv4 } = ec2.region.account.addressesOf(instance);
    instance.temporaryIpv4 = publicIpv4 ?? ec2.region.account.newPublicIpv4();
  }
}

function view({ id, tags, publicIp, association }: Address, region: string, owner: string): AddressView {
  return {
    AllocationId: id,
    PublicIp: publicIp,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: region,
    Tags: tags,
    ...(association === undefined
      ? {}
      : {
          AssociationId: association.id,
          InstanceId: association.instance.id,
          NetworkInterfaceId: association.instance.networkInterface.id,
          NetworkInterfaceOwnerId: owner,
          PrivateIpAddress: association.instance.privateIpv4,
        }),
  };
}
