import {
  DescribeInstanceStatus$,
  type DescribeInstanceStatusRequest,
  type DescribeInstanceStatusResult,
  DescribeInstances$,
  type DescribeInstancesRequest,
  type DescribeInstancesResult,
  type InstanceStateChange,
  StartInstances$,
  type StartInstancesRequest,
  type StartInstancesResult,
  StopInstances$,
  type StopInstancesRequest,
  type StopInstancesResult,
  TerminateInstances$,
  type TerminateInstancesRequest,
  type TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { operation } from '../wire/operation.ts';
import { giveTemporaryIpv4 } from './addresses.ts';
import { described, type Filterable } from './describe.ts';
import { refusal } from './errors.ts';
import type { Instance } from './instance.ts';
import { instanceView, stateView } from './instance-view.ts';
import type { Ec2 } from './state.ts';

export const instanceOperations = [
  operation<DescribeInstancesRequest, DescribeInstancesResult>(DescribeInstances$, (input, call) => {
    const { ec2 } = call.region;
    const { items, next } = described(ec2.instances, { input, ids: input.InstanceIds, call }, filters(ec2));
    return {
      Reservations: items.map((instance) => ({
        ReservationId: instance.reservationId,
        OwnerId: call.account.id,
        Groups: [],
        Instances: [instanceView(ec2, instance)],
      })),
      NextToken: next,
    };
  }),
  operation<DescribeInstanceStatusRequest, DescribeInstanceStatusResult>(
    DescribeInstanceStatus$,
    (input, call) => {
      const { ec2 } = call.region;
      const { items, next } = described(ec2.instances, { input, ids: input.InstanceIds, call }, filters(ec2));
      // Only those that run, unless all are asked for (API reference).
      const shown = items.filter(({ state }) => state === 'running' || input.IncludeAllInstances === true);
      return {
        InstanceStatuses: shown.map(({ id, state, subnet }) => ({
          InstanceId: id,
          AvailabilityZone: subnet.availabilityZone,
          InstanceState: stateView(state),
          SystemStatus: { Status: state === 'running' ? 'ok' : 'not-applicable' },
          InstanceStatus: { Status: state === 'running' ? 'ok' : 'not-applicable' },
        })),
        NextToken: next,
      };
    },
  ),
  operation<TerminateInstancesRequest, TerminateInstancesResult>(
    TerminateInstances$,
    ({ InstanceIds }, { region: { ec2 } }) => {
      const instances = InstanceIds.map((id) => ec2.instances.get(id));
      for (const { id, disableApiTermination } of instances) {
        if (disableApiTermination) {
          throw refusal.protectedInstance(id);
        }
      }
      return { TerminatingInstances: instances.map((instance) => terminate(ec2, instance)) };
    },
  ),
  operation<StopInstancesRequest, StopInstancesResult>(
    StopInstances$,
    ({ InstanceIds }, { region: { ec2 } }) => {
      const instances = InstanceIds.map((id) => ec2.instances.get(id));
      refuseUnless(instances, ['running', 'stopping', 'stopped']);
      return { StoppingInstances: instances.map((instance) => stop(ec2, instance)) };
    },
  ),
  operation<StartInstancesRequest, StartInstancesResult>(
    StartInstances$,
    ({ InstanceIds }, { region: { ec2 } }) => {
      const instances = InstanceIds.map((id) => ec2.instances.get(id));
      refuseUnless(instances, ['pending', 'running', 'stopped']);
      return { StartingInstances: instances.map((instance) => start(ec2, instance)) };
    },
  ),
];

function filters(ec2: Ec2): Filterable<Instance> {
  return {
    'instance-id': ({ id }) => [id],
    'instance-state-name': ({ state }) => [state],
    'instance-state-code': ({ state }) => [String(stateView(state).Code)],
    'instance-type': ({ instanceType }) => [instanceType],
    'image-id': ({ imageId }) => [imageId],
    'client-token': ({ clientToken }) => [clientToken],
    'subnet-id': ({ subnet }) => [subnet.id],
    'vpc-id': ({ subnet }) => [subnet.vpc.id],
    'instance.group-id': ({ groups }) => groups.map(({ id }) => id),
    'network-interface.network-interface-id': ({ networkInterface }) => [networkInterface.id],
    'ip-address': (instance) => [ec2.addressOf(instance)?.publicIp ?? instance.temporaryIpv4],
    'private-ip-address': ({ privateIpv4 }) => [privateIpv4],
    'availability-zone': ({ subnet }) => [subnet.availabilityZone],
  };
}

function refuseUnless(instances: readonly Instance[], states: readonly Instance['state'][]): void {
  const wrong = instances.find(({ state }) => !states.includes(state));
  if (wrong !== undefined) {
    throw refusal.instanceState(wrong.id, wrong.state);
  }
}

function change(instance: Instance, to: Instance['state']): InstanceStateChange {
  const from = instance.state;
  instance.state = to;
  return { InstanceId: instance.id, PreviousState: stateView(from), CurrentState: stateView(to) };
}

/** Its interface, and so what hangs on it, is in use until it is terminated; then it is described for a while yet. */
function terminate(ec2: Ec2, instance: Instance): InstanceStateChange {
  if (instance.state === 'terminated' || instance.state === 'shutting-down') {
    return change(instance, instance.state);
  }
  const { schedule, settings } = ec2.region.account;
  schedule.after(settings.times.ec2ShuttingDown, () => {
    instance.state = 'terminated';
    instance.temporaryIpv4 = '';
    const address = ec2.addressOf(instance);
    if (address !== undefined) {
      address.association = undefined;
    }
    if (instance.rootVolume.deleteOnTermination) {
      ec2.volumes.delete(instance.rootVolume);
    }
    schedule.after(settings.times.ec2Terminated, () => ec2.instances.delete(instance));
  });
  return change(instance, 'shutting-down');
}

function stop(ec2: Ec2, instance: Instance): InstanceStateChange {
  if (instance.state !== 'running') {
    return change(instance, instance.state);
  }
  const { schedule, settings } = ec2.region.account;
  instance.temporaryIpv4 = '';
  schedule.after(settings.times.ec2ShuttingDown, () => {
    if (instance.state === 'stopping') {
      instance.state = 'stopped';
    }
  });
  return change(instance, 'stopping');
}

function start(ec2: Ec2, instance: Instance): InstanceStateChange {
  if (instance.state !== 'stopped') {
    return change(instance, instance.state);
  }
  const { schedule, settings } = ec2.region.account;
  schedule.after(settings.times.ec2Pending, () => {
    if (instance.state === 'pending') {
      instance.state = 'running';
      if (ec2.addressOf(instance) === undefined) {
        giveTemporaryIpv4(ec2, instance);
      }
    }
  });
  return change(instance, 'pending');
}
