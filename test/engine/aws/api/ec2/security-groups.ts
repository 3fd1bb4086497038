import {
  CreateSecurityGroup$,
  type CreateSecurityGroupRequest,
  type CreateSecurityGroupResult,
  DeleteSecurityGroup$,
  type DeleteSecurityGroupRequest,
  type DeleteSecurityGroupResult,
  DescribeSecurityGroups$,
  type DescribeSecurityGroupsRequest,
  type DescribeSecurityGroupsResult,
} from '@aws-sdk/client-ec2';
import { operation } from '../wire/operation.ts';
import { described } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import type { SecurityGroup, Vpc } from './network.ts';
import { permissionsOf } from './permissions.ts';
import type { Ec2 } from './state.ts';
import { newId, type Resource } from './store.ts';
import { tagsFor } from './tags.ts';

/** Characters of a name or description in a VPC (API reference, CreateSecurityGroup). */
const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

export const securityGroupOperations = [
  operation<CreateSecurityGroupRequest, CreateSecurityGroupResult>(CreateSecurityGroup$, (input, call) => {
    const { ec2, name: region } = call.region;
    const { GroupName: name, Description: description } = input;
    if (input.VpcId === undefined) {
      throw refusal.noDefaultVpc();
    }
    const vpc = ec2.vpcs.get(input.VpcId);
    for (const [parameter, value] of Object.entries({ GroupName: name, GroupDescription: description })) {
      if (!TEXT.test(value) || value === '') {
        throw refusal.invalidValue(`Value (${value}) for parameter ${parameter} is invalid.`);
      }
    }
    if (name.startsWith('sg-')) {
      throw refusal.invalidValue(
        `Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*`,
      );
    }
    if (ec2.securityGroups.all.some((one) => one.vpc === vpc && one.name === name)) {
      throw refusal.groupExists(name, vpc.id);
    }
    const tags = tagsFor(kinds.securityGroup, input.TagSpecifications, call);
    const group = newGroup(ec2, vpc, { name, description, tags });
    return {
      GroupId: group.id,
      Tags: tags,
      SecurityGroupArn: `arn:aws:ec2:${region}:${call.account.id}:security-group/${group.id}`,
    };
  }),
  operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult>(
    DeleteSecurityGroup$,
    ({ GroupId }, { region: { ec2 } }) => {
      if (GroupId === undefined) {
        throw refusal.missing('groupId');
      }
      const group = ec2.securityGroups.get(GroupId);
      if (group.name === 'default') {
        throw refusal.defaultGroup(group.id);
      }
      const used =
        ec2.instances.all.some((one) => one.groups.includes(group) && one.state !== 'terminated') ||
        ec2.rules.all.some((one) => one.referencedGroup === group.id && one.group !== group);
      if (used) {
        throw refusal.groupInUse(group.id);
      }
      for (const rule of ec2.rules.all.filter((one) => one.group === group)) {
        ec2.rules.delete(rule);
      }
      ec2.securityGroups.delete(group);
      return { Return: true, GroupId };
    },
  ),
  operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult>(
    DescribeSecurityGroups$,
    (input, call) => {
      const { ec2, name: region } = call.region;
      const { items, next } = described(
        ec2.securityGroups,
        { input, ids: input.GroupIds, call },
        {
          'group-id': ({ id }) => [id],
          'group-name': ({ name }) => [name],
          description: ({ description }) => [description],
          'vpc-id': ({ vpc }) => [vpc.id],
          'owner-id': () => [call.account.id],
        },
      );
      return {
        SecurityGroups: items.map((group) => ({
          GroupId: group.id,
          GroupName: group.name,
          Description: group.description,
          VpcId: group.vpc.id,
          OwnerId: call.account.id,
          SecurityGroupArn: `arn:aws:ec2:${region}:${call.account.id}:security-group/${group.id}`,
          IpPermissions: permissionsOf(ec2, group, false),
          IpPermissionsEgress: permissionsOf(ec2, group, true),
          Tags: group.tags,
        })),
        NextToken: next,
      };
    },
  ),
];

/** A group begins with egress to everywhere (VPC user guide, "Security group rules"). */
export function newGroup(
  ec2: Ec2,
  vpc: Vpc,
  { name, description, tags }: { name: string; description: string; tags: Resource['tags'] },
): SecurityGroup {
  const group = ec2.securityGroups.add({ id: newId('sg'), ...ec2.fresh, tags, vpc, name, description });
  const everything = { group, egress: true, protocol: '-1', fromPort: -1, toPort: -1 };
  ec2.rules.add({ id: newId('sgr'), ...ec2.fresh, tags: [], ...everything, cidrIpv4: '0.0.0.0/0' });
  if (vpc.ipv6 !== undefined) {
    ec2.rules.add({ id: newId('sgr'), ...ec2.fresh, tags: [], ...everything, cidrIpv6: '::/0' });
  }
  if (name === 'default') {
    ec2.rules.add({
      id: newId('sgr'),
      ...ec2.fresh,
      tags: [],
      ...everything,
      egress: false,
      referencedGroup: group.id,
    });
  }
  return group;
}
