import { randomInt } from 'node:crypto';
import {
  CreateInstances$,
  type CreateInstancesRequest,
  type CreateInstancesResult,
  DeleteInstance$,
  type DeleteInstanceRequest,
  type DeleteInstanceResult,
  GetInstance$,
  type GetInstanceRequest,
  type GetInstanceResult,
  GetInstanceState$,
  type GetInstanceStateRequest,
  type GetInstanceStateResult,
  GetInstances$,
  type GetInstancesRequest,
  type GetInstancesResult,
  SetIpAddressType$,
  type SetIpAddressTypeRequest,
  type SetIpAddressTypeResult,
} from '@aws-sdk/client-lightsail';
import { page } from '../paging.ts';
import { type Given, operation } from '../wire/operation.ts';
import { blueprintOf, bundlesIn, isZone } from './catalogue.ts';
import { refusal } from './errors.ts';
import { defaultPorts } from './ports.ts';
import type { Instance, Lightsail } from './state.ts';
import { instanceView, stateCodes } from './view.ts';

/** Bytes; EC2's limit, which an instance of Lightsail is below. */
const USER_DATA_LIMIT = 16_384;

export const instanceOperations = [
  operation<CreateInstancesRequest, CreateInstancesResult>(
    CreateInstances$,
    (input, { region: { lightsail }, demand }) => {
      if ((input.tags ?? []).length > 0) {
        // Tags at creation are TagResource's business too (Lightsail user guide, "Use tags to control resource access").
        demand('lightsail:TagResource');
      }
      // All are valid or none is made.
      const instances = input.instanceNames.map((name) => newInstance(lightsail, name, input));
      return { operations: instances.map((instance) => boot(lightsail, instance)) };
    },
  ),
  operation<GetInstanceRequest, GetInstanceResult>(
    GetInstance$,
    ({ instanceName }, { region: { lightsail } }) => ({
      instance: instanceView(lightsail, lightsail.instance(instanceName)),
    }),
  ),
  operation<GetInstancesRequest, GetInstancesResult>(
    GetInstances$,
    ({ pageToken }, { region: { lightsail }, account }) => {
      const { items, next } = page(lightsail.instances, pageToken, account.settings.pageSize);
      return { instances: items.map((one) => instanceView(lightsail, one)), nextPageToken: next };
    },
  ),
  operation<GetInstanceStateRequest, GetInstanceStateResult>(
    GetInstanceState$,
    ({ instanceName }, { region: { lightsail } }) => {
      const { state } = lightsail.instance(instanceName);
      return { state: { code: stateCodes[state], name: state } };
    },
  ),
  operation<DeleteInstanceRequest, DeleteInstanceResult>(
    DeleteInstance$,
    ({ instanceName }, { region: { lightsail } }) => {
      const instance = lightsail.instance(instanceName);
      if (instance.state === 'shutting-down') {
        throw refusal.notInState(instanceName, instance.state);
      }
      return { operations: [shutDown(lightsail, instance)] };
    },
  ),
  operation<SetIpAddressTypeRequest, SetIpAddressTypeResult>(
    SetIpAddressType$,
    ({ resourceName, ipAddressType }, { region: { lightsail } }) => {
      const instance = lightsail.instance(resourceName);
      refuseBundle(lightsail, instance.bundleId, ipAddressType);
      if (instance.state !== 'running') {
        throw refusal.notInState(resourceName, instance.state);
      }
      instance.ipAddressType = ipAddressType;
      instance.ipv6 = ipAddressType === 'ipv4' ? '' : instance.ipv6 || newIpv6(lightsail, instance);
      return { operations: [lightsail.operate('SetIpAddressType', instance, instance)] };
    },
  ),
];

function newInstance(lightsail: Lightsail, name: string, input: Given<CreateInstancesRequest>): Instance {
  const { region } = lightsail;
  const resource = lightsail.newResource('Instance', name);
  const { availabilityZone, blueprintId, bundleId, userData = '', keyPairName } = input;
  const ipAddressType = input.ipAddressType ?? 'dualstack';
  if (!isZone(region.name, availabilityZone)) {
    throw refusal.unknown('availability zone', availabilityZone);
  }
  if (blueprintOf(blueprintId)?.isActive !== true) {
    throw refusal.unknown('blueprint id', blueprintId);
  }
  refuseBundle(lightsail, bundleId, ipAddressType);
  if (keyPairName !== undefined && keyPairName !== 'LightsailDefaultKeyPair') {
    throw refusal.notFound('KeyPair', keyPairName);
  }
  if (Buffer.byteLength(userData) > USER_DATA_LIMIT) {
    throw refusal.userDataTooLong();
  }
  return {
    ...resource,
    type: 'Instance',
    availabilityZone,
    blueprintId,
    bundleId,
    ipAddressType,
    userData,
    state: 'pending',
    tags: [...(input.tags ?? [])],
    ports: defaultPorts(),
    privateIpv4: `172.26.${randomInt(16)}.${4 + randomInt(250)}`,
    temporaryIpv4: '',
    ipv6: '',
    ordinal: region.account.newInstance(),
    turn: 0,
  };
}

function refuseBundle(lightsail: Lightsail, id: string, ipAddressType: string): void {
  const bundle = bundlesIn(lightsail.region.name).find(({ bundleId }) => bundleId === id);
  if (bundle === undefined) {
    throw refusal.unknown('bundle id', id);
  }
  if ((bundle.publicIpv4AddressCount === 0) !== (ipAddressType === 'ipv6')) {
    throw refusal.bundleNotFor(id, ipAddressType);
  }
}

function boot(lightsail: Lightsail, instance: Instance) {
  lightsail.add(instance);
  const milliseconds = lightsail.region.account.settings.times.lightsailCreate;
  return lightsail.operate('CreateInstance', instance, instance, {
    milliseconds,
    done: () => {
      // It may have been deleted meanwhile.
      if (instance.state === 'pending') {
        instance.state = 'running';
        lightsail.giveTemporaryIpv4(instance);
        instance.ipv6 = instance.ipAddressType === 'ipv4' ? '' : newIpv6(lightsail, instance);
      }
    },
  });
}

function shutDown(lightsail: Lightsail, instance: Instance) {
  instance.state = 'shutting-down';
  const staticIp = lightsail.staticIpOf(instance);
  if (staticIp !== undefined) {
    // The address stays, and is free (Lightsail user guide, "Delete an instance").
    staticIp.attachedTo = undefined;
  }
  const milliseconds = lightsail.region.account.settings.times.lightsailDelete;
  return lightsail.operate('DeleteInstance', instance, instance, {
    milliseconds,
    done: () => lightsail.remove(instance),
  });
}

function newIpv6(lightsail: Lightsail, instance: Instance): string {
  const part = () => (1 + randomInt(0xfffe)).toString(16);
  return (
    lightsail.region.account.addressesOf(instance).ipv6 ??
    `2001:db8:${part()}:${part()}:${part()}:${part()}:${part()}:${part()}`
  );
}
