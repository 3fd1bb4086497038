/** internal/service/ec2/vpc_internet_gateway.go */
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
  type EC2Client,
  type InternetGateway,
} from '@aws-sdk/client-ec2';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { doing, tolerating } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { seen, waitFor } from '../wait.ts';
import { ec2Arn, retag, retrying, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidInternetGatewayID.NotFound';

export const internetGateway: ResourceType = {
  token: 'aws:ec2/internetGateway:InternetGateway',
  schema: {
    ...regional,
    ...tagged,
    vpcId: { type: 'string', optional: true, computed: true },
    arn: { type: 'string', computed: true },
    ownerId: { type: 'string', computed: true },
  },
  create: async ({ ec2 }, data) => {
    const TagSpecifications = tagSpecifications('internet-gateway', data);
    const call = ec2.send(new CreateInternetGatewayCommand({ TagSpecifications }));
    const { InternetGateway } = await doing('creating EC2 Internet Gateway', call);
    data.id = InternetGateway?.InternetGatewayId ?? '';
    const vpcId = data.maybeText('vpcId');
    if (vpcId !== undefined) {
      await attach(ec2, data.id, vpcId);
    }
  },
  read: async (cloud, data) => {
    const look = seen(data.isNew, () => find(cloud.ec2, data.id));
    const found = await doing(`reading EC2 Internet Gateway (${data.id})`, look);
    if (found === undefined) {
      data.gone();
      return;
    }
    data.set({
      arn: ec2Arn(cloud, `internet-gateway/${data.id}`),
      ownerId: found.OwnerId,
      vpcId: found.Attachments?.[0]?.VpcId ?? '',
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
  },
  retag,
  update: async ({ ec2 }, data) => {
    if (data.changed('vpcId')) {
      const before = data.before('vpcId');
      if (typeof before === 'string' && before !== '') {
        await detach(ec2, data.id, before);
      }
      const after = data.maybeText('vpcId');
      if (after !== undefined) {
        await attach(ec2, data.id, after);
      }
    }
  },
  delete: async ({ ec2 }, data) => {
    const vpcId = data.maybeText('vpcId');
    if (vpcId !== undefined) {
      await detach(ec2, data.id, vpcId);
    }
    const command = new DeleteInternetGatewayCommand({ InternetGatewayId: data.id });
    const call = retrying(['DependencyViolation'], () => ec2.send(command));
    await tolerating([NOT_FOUND], `deleting EC2 Internet Gateway (${data.id})`, call);
  },
  import: importById,
};

async function find(ec2: EC2Client, id: string): Promise<InternetGateway | undefined> {
  const command = new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] });
  return (await unless([NOT_FOUND], ec2.send(command)))?.InternetGateways?.[0];
}

async function attach(ec2: EC2Client, InternetGatewayId: string, VpcId: string): Promise<void> {
  const what = `attaching EC2 Internet Gateway (${InternetGatewayId}) to VPC (${VpcId})`;
  const command = new AttachInternetGatewayCommand({ InternetGatewayId, VpcId });
  await doing(
    what,
    retrying([NOT_FOUND], () => ec2.send(command)),
  );
  const look = () => attachment(ec2, InternetGatewayId, VpcId);
  await doing(what, waitFor(look, { pending: ['attaching'], target: ['available'] }));
}

/** Not while an address in the VPC is mapped: then again and again. */
async function detach(ec2: EC2Client, InternetGatewayId: string, VpcId: string): Promise<void> {
  const what = `detaching EC2 Internet Gateway (${InternetGatewayId}) from VPC (${VpcId})`;
  const command = new DetachInternetGatewayCommand({ InternetGatewayId, VpcId });
  const call = retrying(['DependencyViolation'], () => ec2.send(command));
  await tolerating(['Gateway.NotAttached'], what, call);
  const look = () => attachment(ec2, InternetGatewayId, VpcId);
  await doing(what, waitFor(look, { pending: ['available', 'detaching'], target: [] }));
}

async function attachment(ec2: EC2Client, id: string, vpcId: string): Promise<string | undefined> {
  const all = (await find(ec2, id))?.Attachments ?? [];
  return all.find(({ VpcId }) => VpcId === vpcId)?.State;
}
