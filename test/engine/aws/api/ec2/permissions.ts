import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { network } from '../cidr.ts';
import { refusal } from './errors.ts';
import type { Rule, SecurityGroup } from './network.ts';
import type { Ec2 } from './state.ts';

/** What a rule says, without its group and direction. */
export type Permission = Omit<Rule, 'id' | 'tags' | 'unseen' | 'group' | 'egress'>;

/** Protocol numbers that EC2 shows by name (API reference, IpPermission). */
const names: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', all: '-1' };

/** One rule for each range and group that a permission names. */
export function splitPermissions(ec2: Ec2, permissions: readonly IpPermission[]): Permission[] {
  return permissions.flatMap((permission) => {
    const base = portsOf(permission);
    const rules: Permission[] = [
      ...(permission.IpRanges ?? []).map(({ CidrIp = '', Description }) => ({
        ...base,
        cidrIpv4: block(CidrIp, 'ipv4'),
        ...described(Description),
      })),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '', Description }) => ({
        ...base,
        cidrIpv6: block(CidrIpv6, 'ipv6'),
        ...described(Description),
      })),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId = '', Description }) => ({
        ...base,
        referencedGroup: ec2.securityGroups.get(GroupId).id,
        ...described(Description),
      })),
    ];
    if (rules.length === 0) {
      throw refusal.invalidValue(
        'The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId',
      );
    }
    return rules;
  });
}

function portsOf({ IpProtocol, FromPort, ToPort }: IpPermission): Permission {
  if (IpProtocol === undefined) {
    throw refusal.missing('ipProtocol');
  }
  const protocol = names[IpProtocol.toLowerCase()] ?? IpProtocol.toLowerCase();
  if (!/^(tcp|udp|icmp|icmpv6|-1|\d{1,3})$/.test(protocol)) {
    throw refusal.invalidValue(`Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`);
  }
  if (!['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol)) {
    // All ports, whatever is given (API reference, IpPermission).
    return { protocol, fromPort: -1, toPort: -1 };
  }
  const isIcmp = protocol.startsWith('icmp');
  if (!isIcmp && (FromPort === undefined || ToPort === undefined)) {
    throw refusal.invalidValue(
      'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.',
    );
  }
  const fromPort = FromPort ?? -1;
  const toPort = ToPort ?? -1;
  const [least, most] = isIcmp ? [-1, 255] : [0, 65_535];
  if ([fromPort, toPort].some((port) => port < least || port > most)) {
    throw refusal.invalidValue(`Invalid value '${fromPort}-${toPort}' for portRange.`);
  }
  if (!isIcmp && fromPort > toPort) {
    throw refusal.invalidValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  }
  return { protocol, fromPort, toPort };
}

function block(given: string, family: 'ipv4' | 'ipv6'): string {
  const found = network(given);
  if (found?.family !== family) {
    throw refusal.invalidValue(`CIDR block ${given} is malformed`);
  }
  return found.text;
}

/** Characters of a rule's description (API reference, IpRange). */
function described(description: string | undefined): { description?: string } {
  if (description === undefined) {
    return {};
  }
  if (!/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(description)) {
    throw refusal.invalidValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters.',
    );
  }
  return { description };
}

export function sameRule(one: Permission, other: Permission): boolean {
  return (
    one.protocol === other.protocol &&
    one.fromPort === other.fromPort &&
    one.toPort === other.toPort &&
    one.cidrIpv4 === other.cidrIpv4 &&
    one.cidrIpv6 === other.cidrIpv6 &&
    one.referencedGroup === other.referencedGroup
  );
}

/** As EC2's errors put it: `peer: 0.0.0.0/0, TCP, from port: 443, to port: 443, ALLOW` */
export function inWords({ protocol, fromPort, toPort, ...peer }: Permission): string {
  const from = peer.cidrIpv4 ?? peer.cidrIpv6 ?? peer.referencedGroup ?? '';
  return protocol === '-1'
    ? `peer: ${from}, ALL, ALLOW`
    : `peer: ${from}, ${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
}

export function ruleView(ec2: Ec2, rule: Rule): SecurityGroupRule {
  const { account, name: region } = ec2.region;
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: `arn:aws:ec2:${region}:${account.id}:security-group-rule/${rule.id}`,
    GroupId: rule.group.id,
    GroupOwnerId: account.id,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    ...(rule.cidrIpv4 === undefined ? {} : { CidrIpv4: rule.cidrIpv4 }),
    ...(rule.cidrIpv6 === undefined ? {} : { CidrIpv6: rule.cidrIpv6 }),
    ...(rule.referencedGroup === undefined
      ? {}
      : { ReferencedGroupInfo: { GroupId: rule.referencedGroup, UserId: account.id } }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: rule.tags,
  };
}

/** A group's rules in the older form: one permission for all rules of the same protocol and ports. */
export function permissionsOf(ec2: Ec2, group: SecurityGroup, egress: boolean): IpPermission[] {
  const rules = ec2.rules.all.filter((rule) => rule.group === group && rule.egress === egress);
  const byPorts = new Map<string, Rule[]>();
  for (const rule of rules) {
    const ports = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    byPorts.set(ports, [...(byPorts.get(ports) ?? []), rule]);
  }
  return [...byPorts.values()].map((same) => ({
    IpProtocol: same[0]?.protocol,
    ...(same[0]?.protocol === '-1' ? {} : { FromPort: same[0]?.fromPort, ToPort: same[0]?.toPort }),
    IpRanges: same
      .filter(({ cidrIpv4 }) => cidrIpv4 !== undefined)
      .map(({ cidrIpv4, description }) => ({ CidrIp: cidrIpv4, Description: description })),
    Ipv6Ranges: same
      .filter(({ cidrIpv6 }) => cidrIpv6 !== undefined)
      .map(({ cidrIpv6, description }) => ({ CidrIpv6: cidrIpv6, Description: description })),
    UserIdGroupPairs: same
      .filter(({ referencedGroup }) => referencedGroup !== undefined)
      .map(({ referencedGroup, description }) => ({
        GroupId: referencedGroup,
        UserId: ec2.region.account.id,
        Description: description,
      })),
    PrefixListIds: [],
  }));
}
