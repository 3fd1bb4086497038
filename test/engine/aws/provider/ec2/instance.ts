/** internal/service/ec2/ec2_instance.go */

import { randomUUID } from 'node:crypto';
import {
  CreateTagsCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { tagsIn } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { doing, tolerating } from '../errors.ts';
import { isGone } from '../gone.ts';
import { waitFor } from '../wait.ts';
import { retag, tagSpecifications } from './common.ts';
import { instanceOptions } from './instance-options.ts';
import { findInstance, readInstance } from './instance-read.ts';
import { instanceSchema } from './instance-schema.ts';
import { updateInstance } from './instance-update.ts';

export const ec2Instance: ResourceType = {
  token: 'aws:ec2/instance:Instance',
  schema: instanceSchema,
  refuse: (_, { planned }) => {
    // `AtLeastOneOf` with a launch template, which the stand-in has not.
    for (const name of ['ami', 'instanceType']) {
      if (planned[name] === undefined) {
        throw new Error(
          `Missing required argument. "${name}": one of \`${name},launch_template\` must be specified`,
        );
      }
    }
  },
  alsoReplaces: ({ planned }) =>
    planned.userDataReplaceOnChange === true ? ['userData', 'userDataBase64'] : [],
  create: async ({ ec2 }, data) => {
    const options = await doing('collecting instance settings', instanceOptions(ec2, data));
    const command = new RunInstancesCommand({
      ...options,
      ClientToken: randomUUID(),
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: tagSpecifications('instance', data),
    });
    const { Instances } = await doing('creating EC2 Instance', ec2.send(command));
    data.id = Instances?.[0]?.InstanceId ?? '';
    const look = async () => (await findInstance(ec2, data.id))?.State?.Name;
    const running = waitFor(look, { pending: ['pending'], target: ['running'] });
    await doing(`waiting for EC2 Instance (${data.id}) create`, running);
    await tagRootDevice(ec2, data.id, tagsIn(data.block('rootBlockDevice')?.tags));
    await updateInstance(ec2, data);
  },
  read: async (cloud, data) => {
    const what = `reading EC2 Instance (${data.id})`;
    const shown = await doing(what, findInstance(cloud.ec2, data.id));
    const found = shown?.State?.Name === 'terminated' ? undefined : shown;
    if (isGone(found, data, what)) {
      return;
    }
    await doing(what, readInstance(cloud, data, found));
  },
  retag,
  update: ({ ec2 }, data) => updateInstance(ec2, data),
  delete: async ({ ec2 }, data) => {
    const { id: InstanceId } = data;
    const modify = (input: object) => ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, ...input }));
    // What fails of these two is only logged.
    await modify({ DisableApiTermination: { Value: false } }).catch(() => {});
    if (data.flag('disableApiStop')) {
      await modify({ DisableApiStop: { Value: true } }).catch(() => {});
    }
    const command = new TerminateInstancesCommand({ InstanceIds: [InstanceId] });
    const what = `terminating EC2 Instance (${InstanceId})`;
    await tolerating(['InvalidInstanceID.NotFound'], what, terminated(ec2, InstanceId, command));
  },
  import: importById,
};

async function terminated(ec2: EC2Client, id: string, command: TerminateInstancesCommand): Promise<void> {
  await ec2.send(command);
  const look = async () => (await findInstance(ec2, id))?.State?.Name;
  const pending = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];
  await waitFor(look, { pending, target: ['terminated'] });
}

/** A failure is only logged. */
async function tagRootDevice(ec2: EC2Client, id: string, tags: Record<string, string>): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (Tags.length === 0) {
    return;
  }
  const found = await findInstance(ec2, id);
  const root = found?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === found.RootDeviceName);
  const volume = root?.Ebs?.VolumeId;
  if (volume !== undefined) {
    await ec2.send(new CreateTagsCommand({ Resources: [volume], Tags })).catch(() => {});
  }
}
