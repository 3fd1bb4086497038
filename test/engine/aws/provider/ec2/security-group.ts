/** internal/service/ec2/vpc_security_group.go */

import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Properties } from '../../../provider/messages.ts';
import { elementsIn, type ResourceData, textsIn } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { equal, type Property } from '../bridge/schema.ts';
import { doing, tolerating } from '../errors.ts';
import { isGone } from '../gone.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { waitFor } from '../wait.ts';
import { ec2Arn, lookForLingeringInterfaces, retag, retrying, tagSpecifications, unless } from './common.ts';

const NOT_FOUND = 'InvalidGroup.NotFound';

/** Without groups and prefix lists as sources. */
const groupRules: Property = {
  type: 'set',
  optional: true,
  computed: true,
  fields: {
    cidrBlocks: { type: 'list', optional: true },
    ipv6CidrBlocks: { type: 'list', optional: true },
    description: { type: 'string', optional: true },
    fromPort: { type: 'number', required: true },
    toPort: { type: 'number', required: true },
    protocol: { type: 'string', required: true },
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
    ingress: groupRules,
    egress: groupRules,
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
    await updateRules(ec2, data);
  },
  read: async (cloud, data) => {
    const what = `reading Security Group (${data.id})`;
    const found = await doing(what, find(cloud.ec2, data.id));
    if (isGone(found, data, what)) {
      return;
    }
    data.set({
      arn: ec2Arn(cloud, `security-group/${data.id}`),
      description: found.Description,
      name: found.GroupName,
      ownerId: found.OwnerId,
      vpcId: found.VpcId,
      ingress: rules(found.IpPermissions),
      egress: rules(found.IpPermissionsEgress),
      ...tagState(cloud, data, tagsFrom(found.Tags)),
    });
  },
  retag,
  update: async ({ ec2 }, data) => {
    await doing(`reading Security Group (${data.id})`, find(ec2, data.id));
    await updateRules(ec2, data);
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

/** `updateSecurityGroupRules`: what is no longer there goes first; one call for all that comes. */
async function updateRules(ec2: EC2Client, data: ResourceData): Promise<void> {
  for (const direction of ['ingress', 'egress'] as const) {
    if (!data.has(direction) || !data.changed(direction)) {
      continue;
    }
    const before = elementsIn(data.before(direction));
    const after = data.blocks(direction);
    const without = (some: Properties[], others: Properties[]) =>
      some.filter((one) => !others.some((other) => equal(one, other))).map(permission);
    const revoked = without(before, after);
    const authorized = without(after, before);
    const input = (IpPermissions: IpPermission[]) => ({ GroupId: data.id, IpPermissions });
    const isIngress = direction === 'ingress';
    if (revoked.length > 0) {
      const call: Promise<unknown> = isIngress
        ? ec2.send(new RevokeSecurityGroupIngressCommand(input(revoked)))
        : ec2.send(new RevokeSecurityGroupEgressCommand(input(revoked)));
      await doing(`revoking Security Group (${direction}) rules`, call);
    }
    if (authorized.length > 0) {
      const call: Promise<unknown> = isIngress
        ? ec2.send(new AuthorizeSecurityGroupIngressCommand(input(authorized)))
        : ec2.send(new AuthorizeSecurityGroupEgressCommand(input(authorized)));
      await doing(`authorizing Security Group (${direction}) rules`, call);
    }
  }
}

/** `expandIPPerms` */
function permission(rule: Properties): IpPermission {
  const Description = typeof rule.description === 'string' ? rule.description : undefined;
  return {
    IpProtocol: String(rule.protocol),
    FromPort: Number(rule.fromPort),
    ToPort: Number(rule.toPort),
    IpRanges: textsIn(rule.cidrBlocks).map((CidrIp) => ({ CidrIp, Description })),
    Ipv6Ranges: textsIn(rule.ipv6CidrBlocks).map((CidrIpv6) => ({ CidrIpv6, Description })),
  };
}

/** `securityGroupIPPermGather`; what is empty is left out, which is the same in a set of Terraform's. */
function rules(permissions: readonly IpPermission[] = []): Properties[] {
  return permissions.map(({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [] }) => {
    const description = IpRanges[0]?.Description ?? Ipv6Ranges[0]?.Description ?? '';
    return {
      protocol: IpProtocol,
      fromPort: IpProtocol === '-1' ? 0 : FromPort,
      toPort: IpProtocol === '-1' ? 0 : ToPort,
      ...(IpRanges.length === 0 ? {} : { cidrBlocks: IpRanges.map(({ CidrIp }) => CidrIp) }),
      ...(Ipv6Ranges.length === 0 ? {} : { ipv6CidrBlocks: Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6) }),
      ...(description === '' ? {} : { description }),
    };
  });
}
