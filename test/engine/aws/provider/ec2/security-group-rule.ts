/** internal/service/ec2/vpc_security_group_ingress_rule.go and …_egress_rule.go, which differ in their calls only. */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { ResourceData } from '../bridge/data.ts';
import { importById, type ResourceType } from '../bridge/resource-type.ts';
import { between, cidrProblem } from '../bridge/validators.ts';
import type { Cloud } from '../cloud.ts';
import { doing, tolerating } from '../errors.ts';
import { regional, tagged, tagState, tagsFrom } from '../tags.ts';
import { ec2Arn, retag, unless } from './common.ts';

const NOT_FOUND = 'InvalidSecurityGroupRuleId.NotFound';
const SOURCES = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'referencedSecurityGroupId'];
const CHANGEABLE = [...SOURCES, 'description', 'fromPort', 'ipProtocol', 'toPort'];

export function securityGroupRule(direction: 'Ingress' | 'Egress'): ResourceType {
  const source = { type: 'string', optional: true, exactlyOneOf: SOURCES } as const;
  return {
    token: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
    framework: true,
    schema: {
      ...regional,
      ...tagged,
      securityGroupId: { type: 'string', required: true, forceNew: true },
      ipProtocol: { type: 'string', required: true },
      cidrIpv4: { ...source, validate: cidrProblem('ipv4') },
      cidrIpv6: { ...source, validate: cidrProblem('ipv6') },
      prefixListId: source,
      referencedSecurityGroupId: source,
      description: { type: 'string', optional: true },
      fromPort: { type: 'number', optional: true, validate: between(-1, 65_535) },
      toPort: { type: 'number', optional: true, validate: between(-1, 65_535) },
      arn: { type: 'string', computed: true },
      securityGroupRuleId: { type: 'string', computed: true },
    },
    /** "When you modify a rule, you cannot change the rule's source type." */
    alsoReplaces: ({ prior, planned }) =>
      SOURCES.some((name) => (prior[name] === undefined) !== (planned[name] === undefined)) ? SOURCES : [],
    create: (cloud, data) => create(cloud, data, direction),
    read: (cloud, data) => read(cloud, data, direction),
    retag,
    update: async ({ ec2 }, data) => {
      if (!data.changed(...CHANGEABLE)) {
        return;
      }
      const rule = {
        SecurityGroupRuleId: data.id,
        SecurityGroupRule: {
          CidrIpv4: data.maybeText('cidrIpv4'),
          CidrIpv6: data.maybeText('cidrIpv6'),
          PrefixListId: data.maybeText('prefixListId'),
          ReferencedGroupId: data.maybeText('referencedSecurityGroupId'),
          Description: data.maybeText('description'),
          FromPort: data.maybeNumber('fromPort'),
          ToPort: data.maybeNumber('toPort'),
          IpProtocol: data.text('ipProtocol'),
        },
      };
      const command = new ModifySecurityGroupRulesCommand({
        GroupId: data.text('securityGroupId'),
        SecurityGroupRules: [rule],
      });
      await doing(`updating VPC Security Group Rule (${data.id})`, ec2.send(command));
    },
    delete: async ({ ec2 }, data) => {
      const input = { GroupId: data.text('securityGroupId'), SecurityGroupRuleIds: [data.id] };
      const call: Promise<unknown> =
        direction === 'Ingress'
          ? ec2.send(new RevokeSecurityGroupIngressCommand(input))
          : ec2.send(new RevokeSecurityGroupEgressCommand(input));
      const what = `deleting VPC Security Group Rule (${data.id})`;
      await tolerating(['InvalidGroup.NotFound', NOT_FOUND], what, call);
    },
    import: importById,
  };
}

/** A rule that could not be tagged is there and in no state: the id comes after the tags. */
async function create(cloud: Cloud, data: ResourceData, direction: 'Ingress' | 'Egress'): Promise<void> {
  const { ec2 } = cloud;
  const input = { GroupId: data.text('securityGroupId'), IpPermissions: [permission(data)] };
  const call =
    direction === 'Ingress'
      ? ec2.send(new AuthorizeSecurityGroupIngressCommand(input))
      : ec2.send(new AuthorizeSecurityGroupEgressCommand(input));
  const { SecurityGroupRules } = await doing('creating VPC Security Group Rule', call);
  const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
  if (Object.keys(data.tags).length > 0) {
    await retag(cloud, id, [], data.tags);
  }
  data.id = id;
}

async function read(cloud: Cloud, data: ResourceData, direction: 'Ingress' | 'Egress'): Promise<void> {
  if (data.isNew) {
    // The state of a new one is the plan: nothing is read.
    data.set({ arn: ruleArn(cloud, data.id), securityGroupRuleId: data.id, tagsAll: data.tags });
    return;
  }
  const call = find(cloud.ec2, data.id);
  const found = await doing(`reading VPC Security Group Rule (${data.id})`, call);
  if (found === undefined || found.IsEgress !== (direction === 'Egress')) {
    data.gone();
    return;
  }
  // Without ports in the program, -1 is none.
  const port = (name: string, value: number | undefined) =>
    value === -1 && !data.has(name) ? undefined : value;
  data.set({
    arn: ruleArn(cloud, data.id),
    cidrIpv4: found.CidrIpv4,
    cidrIpv6: found.CidrIpv6,
    description: found.Description,
    fromPort: port('fromPort', found.FromPort),
    ipProtocol: found.IpProtocol,
    prefixListId: found.PrefixListId,
    referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
    securityGroupId: found.GroupId,
    securityGroupRuleId: found.SecurityGroupRuleId,
    toPort: port('toPort', found.ToPort),
    ...tagState(cloud, data, tagsFrom(found.Tags)),
  });
}

function ruleArn(cloud: Cloud, id: string): string {
  return ec2Arn(cloud, `security-group-rule/${id}`);
}

async function find(ec2: EC2Client, id: string): Promise<SecurityGroupRule | undefined> {
  const command = new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] });
  return (await unless([NOT_FOUND], ec2.send(command)))?.SecurityGroupRules?.[0];
}

function permission(data: ResourceData): IpPermission {
  const Description = data.maybeText('description');
  const CidrIp = data.maybeText('cidrIpv4');
  const CidrIpv6 = data.maybeText('cidrIpv6');
  const PrefixListId = data.maybeText('prefixListId');
  const GroupId = data.maybeText('referencedSecurityGroupId');
  return {
    IpProtocol: data.text('ipProtocol'),
    FromPort: data.maybeNumber('fromPort'),
    ToPort: data.maybeNumber('toPort'),
    ...(CidrIp === undefined ? {} : { IpRanges: [{ CidrIp, Description }] }),
    ...(CidrIpv6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6, Description }] }),
    ...(PrefixListId === undefined ? {} : { PrefixListIds: [{ PrefixListId, Description }] }),
    ...(GroupId === undefined ? {} : { UserIdGroupPairs: [{ GroupId, Description }] }),
  };
}
