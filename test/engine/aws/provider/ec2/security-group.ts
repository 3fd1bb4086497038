/** internal/service/ec2/vpc_security_group.go */
import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import type { Property } from '../bridge/schema.ts';
import { doing, tolerating } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { waitFor } from '../wait.ts';
import { ec2Arn, lookForLingeringInterfaces, retag, retrying, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidGroup.NotFound';

/** Of rules that are resources of their own: shown, and not to be set, which would be in their way. */
const shownRules: Property = {
  type: 'set',
  computed: true,
  fields: {
    cidrBlocks: { type: 'list', computed: true },
    ipv6CidrBlocks: { type: 'list', computed: true },
    description: { type: 'string', computed: true },
    fromPort: { type: 'number', computed: true },
    toPort: { type: 'number', computed: true },
    protocol: { type: 'string', computed: true },
    self: { type: 'boolean', computed: true },
  },
};

function nameProblem(name: string | number): string | undefined {
  return String(name).length > 255 || String(name).startsWith('sg-')
    ? 'to have at most 255 characters and not to begin with sg-'
    : undefined;
}

export const securityGroup: ResourceType = {
  token: 'aws:ec2/securityGroup:SecurityGroup',
  schema: {
    ...regional,
    ...tagged,
    name: { type: 'string', optional: true, computed: true, forceNew: true, validate: nameProblem },
    // Of the bridge (provider/resources.go, `managedByPulumi`).
    description: { type: 'string', optional: true, forceNew: true, default: 'Managed by Pulumi' },
    vpcId: { type: 'string', optional: true, computed: true, forceNew: true },
    revokeRulesOnDelete: { type: 'boolean', optional: true, default: false },
    ingress: shownRules,
    egress: shownRules,
    arn: { type: 'string', computed: true },
    ownerId: { type: 'string', computed: true },
  },
  create: async ({ ec2 }, data) => {
    const call = ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: data.text('name'),
        Description: data.text('description'),
        VpcId: data.maybeText('vpcId'),
        TagSpecifications: tagSpecifications('security-group', data),
      }),
    );
    data.id = (await doing(`creating Security Group (${data.text('name')})`, call)).GroupId ?? '';
    const look = async () => ((await find(ec2, data.id)) === undefined ? undefined : 'created');
    await doing(`waiting for Security Group (${data.id}) create`, waitFor(look, { target: ['created'] }));
    await revokeDefaultEgress(ec2, data.id);
  },
  read: async (cloud, data) => {
    const what = `reading Security Group (${data.id})`;
    const found = await doing(what, find(cloud.ec2, data.id));
    if (found === undefined) {
      if (data.isNew) {
        throw new Error(`${what}: couldn't find resource`);
      }
      data.gone();
      return;
    }
    data.set({
      arn: ec2Arn(cloud, `security-group/${data.id}`),
      description: found.Description,
      name: found.GroupName,
      ownerId: found.OwnerId,
      vpcId: found.VpcId,
      ingress: rules(data.id, found.IpPermissions),
      egress: rules(data.id, found.IpPermissionsEgress),
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
  },
  retag,
  /** Only its rules could be changed. */
  update: async ({ ec2 }, { id }) => {
    await doing(`reading Security Group (${id})`, find(ec2, id));
  },
  delete: async ({ ec2 }, { id: GroupId }) => {
    const what = `deleting Security Group (${GroupId})`;
    await lookForLingeringInterfaces(ec2, 'group-id', GroupId);
    // As long as an instance has it, again and again.
    const codes = ['DependencyViolation', 'InvalidGroup.InUse'];
    const call = retrying(codes, () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
    await tolerating([NOT_FOUND], what, call);
    const look = async () => ((await find(ec2, GroupId)) === undefined ? undefined : 'created');
    await doing(what, waitFor(look, { pending: ['created'], target: [] }));
  },
  import: importById,
};

async function find(ec2: EC2Client, id: string): Promise<SecurityGroup | undefined> {
  const command = new DescribeSecurityGroupsCommand({ GroupIds: [id] });
  return (await unless([NOT_FOUND], ec2.send(command)))?.SecurityGroups?.[0];
}

/** "so users don't unknowingly have/use it": whoever wants egress must say so. */
async function revokeDefaultEgress(ec2: EC2Client, GroupId: string): Promise<void> {
  const revoke = (to: IpPermission) =>
    ec2.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ IpProtocol: '-1', FromPort: 0, ToPort: 0, ...to }],
      }),
    );
  const what = (family: string) => `revoking default ${family} egress rule for Security Group (${GroupId})`;
  await doing(what('IPv4'), revoke({ IpRanges: [{ CidrIp: '0.0.0.0/0' }] }));
  // A group of a VPC without IPv6 has none.
  const call = revoke({ Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
  await tolerating(['InvalidPermission.NotFound', 'InvalidParameterValue'], what('IPv6'), call);
}

/** `securityGroupIPPermGather` */
function rules(id: string, permissions: readonly IpPermission[] = []): Properties[] {
  return permissions.map(({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs }) => ({
    protocol: IpProtocol,
    fromPort: IpProtocol === '-1' ? 0 : FromPort,
    toPort: IpProtocol === '-1' ? 0 : ToPort,
    cidrBlocks: (IpRanges ?? []).map(({ CidrIp }) => CidrIp),
    ipv6CidrBlocks: (Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
    description: IpRanges?.[0]?.Description ?? Ipv6Ranges?.[0]?.Description ?? '',
    self: (UserIdGroupPairs ?? []).some(({ GroupId }) => GroupId === id),
  }));
}
