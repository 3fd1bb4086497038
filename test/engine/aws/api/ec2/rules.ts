import {
  AuthorizeSecurityGroupEgress$,
  type AuthorizeSecurityGroupEgressRequest,
  type AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngress$,
  type AuthorizeSecurityGroupIngressRequest,
  type AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRules$,
  type DescribeSecurityGroupRulesRequest,
  type DescribeSecurityGroupRulesResult,
  type IpPermission,
  ModifySecurityGroupRules$,
  type ModifySecurityGroupRulesRequest,
  type ModifySecurityGroupRulesResult,
  RevokeSecurityGroupEgress$,
  type RevokeSecurityGroupEgressRequest,
  type RevokeSecurityGroupEgressResult,
  RevokeSecurityGroupIngress$,
  type RevokeSecurityGroupIngressRequest,
  type RevokeSecurityGroupIngressResult,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Call } from '../call.ts';
import { operation } from '../wire/operation.ts';
import { described } from './describe.ts';
import { kinds, refusal } from './errors.ts';
import type { Rule } from './network.ts';
import { inWords, type Permission, ruleView, sameRule, splitPermissions } from './permissions.ts';
import type { Ec2 } from './state.ts';
import { newId } from './store.ts';
import { tagsFor } from './tags.ts';

interface RulesInput {
  GroupId?: string | undefined;
  IpPermissions?: IpPermission[] | undefined;
  /** One rule in the oldest form. */
  IpProtocol?: string | undefined;
  FromPort?: number | undefined;
  ToPort?: number | undefined;
  CidrIp?: string | undefined;
  TagSpecifications?: TagSpecification[] | undefined;
  SecurityGroupRuleIds?: string[] | undefined;
}

export const ruleOperations = [
  operation<AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult>(
    AuthorizeSecurityGroupIngress$,
    (input, call) => authorize(input, false, call),
  ),
  operation<AuthorizeSecurityGroupEgressRequest, AuthorizeSecurityGroupEgressResult>(
    AuthorizeSecurityGroupEgress$,
    (input, call) => authorize(input as RulesInput, true, call),
  ),
  operation<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult>(
    RevokeSecurityGroupIngress$,
    (input, call) => revoke(input, false, call.region.ec2),
  ),
  operation<RevokeSecurityGroupEgressRequest, RevokeSecurityGroupEgressResult>(
    RevokeSecurityGroupEgress$,
    (input, call) => revoke(input as RulesInput, true, call.region.ec2),
  ),
  operation<DescribeSecurityGroupRulesRequest, DescribeSecurityGroupRulesResult>(
    DescribeSecurityGroupRules$,
    (input, call) => {
      const { ec2 } = call.region;
      const { items, next } = described(
        ec2.rules,
        { input, ids: input.SecurityGroupRuleIds, call },
        { 'group-id': ({ group }) => [group.id], 'security-group-rule-id': ({ id }) => [id] },
      );
      return { SecurityGroupRules: items.map((rule) => ruleView(ec2, rule)), NextToken: next };
    },
  ),
  operation<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult>(
    ModifySecurityGroupRules$,
    ({ GroupId, SecurityGroupRules }, { region: { ec2 } }) => {
      const group = ec2.securityGroups.get(GroupId);
      for (const { SecurityGroupRuleId = '', SecurityGroupRule: wanted = {} } of SecurityGroupRules) {
        const rule = ec2.rules.get(SecurityGroupRuleId);
        const [permission] = splitPermissions(ec2, [
          {
            IpProtocol: wanted.IpProtocol,
            FromPort: wanted.FromPort,
            ToPort: wanted.ToPort,
            IpRanges:
              wanted.CidrIpv4 === undefined
                ? []
                : [{ CidrIp: wanted.CidrIpv4, Description: wanted.Description }],
            Ipv6Ranges:
              wanted.CidrIpv6 === undefined
                ? []
                : [{ CidrIpv6: wanted.CidrIpv6, Description: wanted.Description }],
          },
        ]);
        if (rule.group !== group || permission === undefined) {
          throw refusal.noRule();
        }
        const { id, tags, unseen, egress } = rule;
        refuseDuplicates(
          ec2.rules.all.filter((one) => one !== rule && isOf(one, GroupId, egress)),
          [permission],
        );
        ec2.rules.add({ id, tags, unseen, group, egress, ...permission });
      }
      return { Return: true };
    },
  ),
];

function authorize(input: RulesInput, egress: boolean, call: Call) {
  const { ec2 } = call.region;
  const group = ec2.securityGroups.get(groupIdOf(input));
  const permissions = splitPermissions(ec2, permissionsIn(input));
  const tags = tagsFor(kinds.rule, input.TagSpecifications, call);
  refuseDuplicates(
    ec2.rules.all.filter((one) => isOf(one, group.id, egress)),
    permissions,
  );
  // All rules or none.
  const added = permissions.map((permission) =>
    ec2.rules.add({ id: newId('sgr'), ...ec2.fresh, tags, group, egress, ...permission }),
  );
  return { Return: true, SecurityGroupRules: added.map((rule) => ruleView(ec2, rule)) };
}

function revoke(input: RulesInput, egress: boolean, ec2: Ec2) {
  const groupId = groupIdOf(input);
  ec2.securityGroups.get(groupId);
  const rules = ec2.rules.all.filter((one) => isOf(one, groupId, egress));
  const named = (input.SecurityGroupRuleIds ?? []).map((id) => ec2.rules.get(id));
  const alike =
    named.length > 0
      ? []
      : splitPermissions(ec2, permissionsIn(input)).map((permission) =>
          rules.find((rule) => sameRule(rule, permission)),
        );
  const revoked = [...named, ...alike];
  if (revoked.some((rule) => rule === undefined || !rules.includes(rule))) {
    throw refusal.noRule();
  }
  for (const rule of revoked.filter((one) => one !== undefined)) {
    ec2.rules.delete(rule);
  }
  return { Return: true, UnknownIpPermissions: [] };
}

function groupIdOf({ GroupId }: RulesInput): string {
  if (GroupId === undefined) {
    throw refusal.missing('GroupId');
  }
  return GroupId;
}

function permissionsIn({ IpPermissions, IpProtocol, FromPort, ToPort, CidrIp }: RulesInput): IpPermission[] {
  const old =
    IpProtocol === undefined
      ? []
      : [{ IpProtocol, FromPort, ToPort, IpRanges: CidrIp === undefined ? [] : [{ CidrIp }] }];
  const permissions = [...(IpPermissions ?? []), ...old];
  if (permissions.length === 0) {
    throw refusal.missing('ipPermissions');
  }
  return permissions;
}

function isOf(rule: Rule, groupId: string, egress: boolean): boolean {
  return rule.group.id === groupId && rule.egress === egress;
}

function refuseDuplicates(existing: readonly Permission[], added: readonly Permission[]): void {
  const seen = [...existing];
  for (const permission of added) {
    if (seen.some((one) => sameRule(one, permission))) {
      throw refusal.duplicateRule(inWords(permission));
    }
    seen.push(permission);
  }
}
