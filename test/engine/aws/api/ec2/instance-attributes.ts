import {
  DescribeInstanceAttribute$,
  type DescribeInstanceAttributeRequest,
  DescribeInstanceCreditSpecifications$,
  type DescribeInstanceCreditSpecificationsRequest,
  type DescribeInstanceCreditSpecificationsResult,
  type InstanceAttribute,
  ModifyInstanceAttribute$,
  type ModifyInstanceAttributeRequest,
  ModifyInstanceCreditSpecification$,
  type ModifyInstanceCreditSpecificationRequest,
  type ModifyInstanceCreditSpecificationResult,
  ModifyInstanceMaintenanceOptions$,
  type ModifyInstanceMaintenanceOptionsRequest,
  type ModifyInstanceMaintenanceOptionsResult,
  ModifyInstanceMetadataOptions$,
  type ModifyInstanceMetadataOptionsRequest,
  type ModifyInstanceMetadataOptionsResult,
} from '@aws-sdk/client-ec2';
import { operation } from '../wire/operation.ts';
import { refusal } from './errors.ts';
import { typeOf } from './images.ts';
import type { Instance } from './instance.ts';
import { metadataOptions } from './run-instances.ts';
import type { Ec2 } from './state.ts';

export const instanceAttributeOperations = [
  operation<DescribeInstanceAttributeRequest, InstanceAttribute>(
    DescribeInstanceAttribute$,
    ({ InstanceId, Attribute }, { region: { ec2 } }) => {
      const instance = ec2.instances.get(InstanceId);
      return { InstanceId, ...attribute(instance, Attribute) };
    },
  ),
  operation<ModifyInstanceAttributeRequest, object>(
    ModifyInstanceAttribute$,
    (input, { region: { ec2 } }) => {
      const instance = alive(ec2, input.InstanceId);
      const { InstanceId, DryRun, ...given } = input;
      if (Object.values(given).filter((one) => one !== undefined).length !== 1) {
        throw refusal.combination('Fields for multiple attribute types specified');
      }
      modify(ec2, instance, input);
      return {};
    },
  ),
  operation<ModifyInstanceMetadataOptionsRequest, ModifyInstanceMetadataOptionsResult>(
    ModifyInstanceMetadataOptions$,
    (input, { region: { ec2 } }) => {
      const instance = alive(ec2, input.InstanceId);
      const given = Object.entries(input).filter(([, value]) => value !== undefined);
      instance.metadataOptions = metadataOptions({
        ...instance.metadataOptions,
        ...Object.fromEntries(given),
      });
      return { InstanceId: instance.id, InstanceMetadataOptions: instance.metadataOptions };
    },
  ),
  operation<ModifyInstanceMaintenanceOptionsRequest, ModifyInstanceMaintenanceOptionsResult>(
    ModifyInstanceMaintenanceOptions$,
    ({ InstanceId, AutoRecovery }, { region: { ec2 } }) => {
      const instance = alive(ec2, InstanceId);
      instance.autoRecovery = AutoRecovery ?? instance.autoRecovery;
      return { InstanceId, AutoRecovery: instance.autoRecovery };
    },
  ),
  operation<DescribeInstanceCreditSpecificationsRequest, DescribeInstanceCreditSpecificationsResult>(
    DescribeInstanceCreditSpecifications$,
    ({ InstanceIds }, call) => ({
      InstanceCreditSpecifications: call.region.ec2.instances
        .seen(call, InstanceIds)
        .filter(({ state }) => state !== 'terminated')
        .map(({ id, creditSpecification }) => ({ InstanceId: id, CpuCredits: creditSpecification })),
    }),
  ),
  operation<ModifyInstanceCreditSpecificationRequest, ModifyInstanceCreditSpecificationResult>(
    ModifyInstanceCreditSpecification$,
    ({ InstanceCreditSpecifications }, { region: { ec2 } }) => {
      for (const { InstanceId, CpuCredits } of InstanceCreditSpecifications) {
        const instance = alive(ec2, InstanceId ?? '');
        instance.creditSpecification = CpuCredits ?? instance.creditSpecification;
      }
      return {
        SuccessfulInstanceCreditSpecifications: InstanceCreditSpecifications.map(({ InstanceId }) => ({
          InstanceId,
        })),
        UnsuccessfulInstanceCreditSpecifications: [],
      };
    },
  ),
];

function alive(ec2: Ec2, id: string): Instance {
  const instance = ec2.instances.get(id);
  if (instance.state === 'terminated' || instance.state === 'shutting-down') {
    throw refusal.instanceState(id, instance.state);
  }
  return instance;
}

function attribute(instance: Instance, name: string): InstanceAttribute {
  switch (name) {
    case 'userData':
      return instance.userData === ''
        ? { UserData: {} }
        : { UserData: { Value: Buffer.from(instance.userData).toString('base64') } };
    case 'disableApiTermination':
      return { DisableApiTermination: { Value: instance.disableApiTermination } };
    case 'disableApiStop':
      return { DisableApiStop: { Value: instance.disableApiStop } };
    case 'instanceInitiatedShutdownBehavior':
      return { InstanceInitiatedShutdownBehavior: { Value: instance.shutdownBehavior } };
    case 'instanceType':
      return { InstanceType: { Value: instance.instanceType } };
    case 'sourceDestCheck':
      return { SourceDestCheck: { Value: instance.sourceDestCheck } };
    case 'ebsOptimized':
      return { EbsOptimized: { Value: instance.ebsOptimized } };
    default:
      throw refusal.invalidValue(`Value (${name}) for parameter attribute is invalid. Unknown attribute.`);
  }
}

function modify(
  ec2: Ec2,
  instance: Instance,
  input: Omit<ModifyInstanceAttributeRequest, 'InstanceId'>,
): void {
  const stoppedOnly = input.UserData !== undefined || input.InstanceType !== undefined;
  if (stoppedOnly && instance.state !== 'stopped') {
    // "To change an instance attribute, the instance must be stopped" (API reference, of some attributes).
    throw refusal.instanceState(instance.id, instance.state);
  }
  if (input.UserData?.Value !== undefined) {
    instance.userData = Buffer.from(input.UserData.Value).toString('utf8');
  }
  if (input.InstanceType?.Value !== undefined) {
    const type = typeOf(input.InstanceType.Value);
    if (type.architecture !== instance.architecture) {
      throw refusal.architecture(type.architecture, instance.architecture);
    }
    instance.instanceType = type.name;
  }
  if (input.Groups !== undefined) {
    instance.groups = input.Groups.map((id) => ec2.securityGroups.get(id));
  }
  instance.disableApiTermination = input.DisableApiTermination?.Value ?? instance.disableApiTermination;
  instance.disableApiStop = input.DisableApiStop?.Value ?? instance.disableApiStop;
  instance.sourceDestCheck = input.SourceDestCheck?.Value ?? instance.sourceDestCheck;
  if (input.InstanceInitiatedShutdownBehavior?.Value !== undefined) {
    instance.shutdownBehavior =
      input.InstanceInitiatedShutdownBehavior.Value === 'terminate' ? 'terminate' : 'stop';
  }
}
