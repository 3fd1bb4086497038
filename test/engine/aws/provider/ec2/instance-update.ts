/** internal/service/ec2/ec2_instance.go, `resourceInstanceUpdate` */
import {
  type EC2Client,
  ModifyInstanceAttributeCommand,
  type ModifyInstanceAttributeCommandInput,
  ModifyInstanceCreditSpecificationCommand,
  ModifyInstanceMaintenanceOptionsCommand,
  ModifyInstanceMetadataOptionsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifyVolumeCommand,
  MonitorInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  UnmonitorInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import { type ResourceData, tagChanges, tagsIn } from '../bridge/data.ts';
import { equal, isObject } from '../bridge/schema.ts';
import { doing } from '../errors.ts';
import { waitFor } from '../wait.ts';
import { retag } from './common.ts';
import { metadataOptions } from './instance-options.ts';
import { findInstance } from './instance-read.ts';

/** Also at the end of a create, which most of it is not for. */
export async function updateInstance(ec2: EC2Client, data: ResourceData): Promise<void> {
  const { id: InstanceId } = data;
  const what = `updating EC2 Instance (${InstanceId})`;
  const changed = (...names: string[]) => !data.isNew && data.changed(...names);
  const modify = (input: Partial<ModifyInstanceAttributeCommandInput>) =>
    doing(what, ec2.send(new ModifyInstanceAttributeCommand({ ...input, InstanceId })));
  if (changed('iamInstanceProfile')) {
    throw new Error('the stand-in does not change the profile of an instance');
  }
  const check = data.flag('sourceDestCheck');
  if (changed('sourceDestCheck') || (data.isNew && !check)) {
    await modify({ SourceDestCheck: { Value: check } });
  }
  if (changed('vpcSecurityGroupIds')) {
    await doing(what, changeGroups(ec2, data));
  }
  if (changed('instanceType')) {
    await restart(ec2, InstanceId, { InstanceType: { Value: data.text('instanceType') } });
  }
  if (changed('userData', 'userDataBase64')) {
    const text = data.maybeText('userData');
    const Value =
      text === undefined
        ? Buffer.from(data.maybeText('userDataBase64') ?? '', 'base64')
        : Buffer.from(text, 'utf8');
    await restart(ec2, InstanceId, { UserData: { Value } });
  }
  if (changed('disableApiStop')) {
    await modify({ DisableApiStop: { Value: data.flag('disableApiStop') } });
  }
  if (changed('disableApiTermination')) {
    await modify({ DisableApiTermination: { Value: data.flag('disableApiTermination') } });
  }
  const behavior = data.maybeText('instanceInitiatedShutdownBehavior');
  if (data.changed('instanceInitiatedShutdownBehavior') && behavior !== undefined) {
    await modify({ InstanceInitiatedShutdownBehavior: { Value: behavior } });
  }
  if (changed('maintenanceOptions')) {
    await changeRecovery(ec2, data);
  }
  if (data.changed('monitoring') && data.maybeFlag('monitoring') !== undefined) {
    const input = { InstanceIds: [InstanceId] };
    const call: Promise<unknown> = data.flag('monitoring')
      ? ec2.send(new MonitorInstancesCommand(input))
      : ec2.send(new UnmonitorInstancesCommand(input));
    await doing(what, call);
  }
  const CpuCredits = data.block('creditSpecification')?.cpuCredits;
  if (changed('creditSpecification') && typeof CpuCredits === 'string') {
    const InstanceCreditSpecifications = [{ InstanceId, CpuCredits }];
    const command = new ModifyInstanceCreditSpecificationCommand({ InstanceCreditSpecifications });
    await doing(`${what} credit specification`, ec2.send(command));
  }
  if (changed('metadataOptions')) {
    await changeMetadata(ec2, data);
  }
  if (changed('rootBlockDevice')) {
    await changeRootDevice(ec2, data);
  }
}

async function changeGroups(ec2: EC2Client, data: ResourceData): Promise<void> {
  const found = await findInstance(ec2, data.id);
  const primary = found?.NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  const Groups = data.texts('vpcSecurityGroupIds');
  if (Groups.length === 0) {
    throw new Error('VPC-based instances require at least one security group to be attached.');
  }
  const NetworkInterfaceId = primary?.NetworkInterfaceId;
  await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));
}

/** `modifyInstanceAttributeWithStopStart` */
async function restart(
  ec2: EC2Client,
  InstanceId: string,
  input: Partial<ModifyInstanceAttributeCommandInput>,
): Promise<void> {
  const InstanceIds = [InstanceId];
  const look = async () => (await findInstance(ec2, InstanceId))?.State?.Name;
  const what = (step: string) => `${step} EC2 Instance (${InstanceId})`;
  await doing(what('stopping'), ec2.send(new StopInstancesCommand({ InstanceIds })));
  const stopping = ['pending', 'running', 'shutting-down', 'stopping'];
  await doing(what('stopping'), waitFor(look, { pending: stopping, target: ['stopped'] }));
  await doing(what('modifying'), ec2.send(new ModifyInstanceAttributeCommand({ ...input, InstanceId })));
  await doing(what('starting'), ec2.send(new StartInstancesCommand({ InstanceIds })));
  await doing(what('starting'), waitFor(look, { pending: ['pending', 'stopped'], target: ['running'] }));
}

async function changeRecovery(ec2: EC2Client, data: ResourceData): Promise<void> {
  const { id: InstanceId } = data;
  const what = `updating EC2 Instance (${InstanceId}) maintenance options`;
  const wanted = String(data.block('maintenanceOptions')?.autoRecovery);
  const AutoRecovery = wanted as 'default' | 'disabled';
  await doing(what, ec2.send(new ModifyInstanceMaintenanceOptionsCommand({ InstanceId, AutoRecovery })));
  const look = async () => (await findInstance(ec2, InstanceId))?.MaintenanceOptions?.AutoRecovery;
  await doing(what, waitFor(look, { target: [wanted] }));
}

async function changeMetadata(ec2: EC2Client, data: ResourceData): Promise<void> {
  const what = `updating EC2 Instance (${data.id}) metadata options`;
  const input = { ...metadataOptions(data.block('metadataOptions')), InstanceId: data.id };
  await doing(what, ec2.send(new ModifyInstanceMetadataOptionsCommand(input)));
  const look = async () => (await findInstance(ec2, data.id))?.MetadataOptions?.State ?? 'applied';
  await doing(what, waitFor(look, { pending: ['pending'], target: ['applied'] }));
}

/** "For the root volume, you can only modify …": size, type, speed and the delete-on-termination flag. */
async function changeRootDevice(ec2: EC2Client, data: ResourceData): Promise<void> {
  const { id: InstanceId } = data;
  const before = data.before('rootBlockDevice');
  const old: Properties = isObject(before) ? before : {};
  const now = data.block('rootBlockDevice') ?? {};
  const what = `updating EC2 Instance (${InstanceId}) volume (${now.volumeId})`;
  const changed = (name: string) => !equal(old[name], now[name]);
  const VolumeId = String(now.volumeId);
  if (['volumeSize', 'volumeType', 'iops', 'throughput'].some(changed)) {
    const command = new ModifyVolumeCommand({
      VolumeId,
      Size: changed('volumeSize') ? (now.volumeSize as number) : undefined,
      VolumeType: changed('volumeType') ? (now.volumeType as 'gp3') : undefined,
      Iops: changed('iops') ? (now.iops as number) : undefined,
      Throughput: changed('throughput') ? (now.throughput as number) : undefined,
    });
    await doing(what, ec2.send(command));
  }
  if (changed('deleteOnTermination')) {
    const DeleteOnTermination = now.deleteOnTermination as boolean;
    const BlockDeviceMappings = [{ DeviceName: String(now.deviceName), Ebs: { DeleteOnTermination } }];
    await doing(what, ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, BlockDeviceMappings })));
  }
  if (changed('tags')) {
    const { removed, updated } = tagChanges(tagsIn(old.tags), tagsIn(now.tags));
    await retag({ ec2 }, VolumeId, removed, updated);
  }
}
