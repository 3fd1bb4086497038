import { MARK_TAG } from '../../model/marks.ts';
import type { RelayDns, RelayHost } from '../../model/relay-plan.ts';
import {
  type Condition,
  names,
  type PolicyDocument,
  policyOf,
  route53Rights,
  type Statement,
} from '../dns-records/aws-policy.ts';

/** What the policy is for: the rest of a plan changes nothing about it, so that it can be given before the plan is made. */
export interface PolicyFor {
  readonly host: Pick<RelayHost, 'kind' | 'region'>;
  readonly dns: {
    readonly provider: RelayDns['provider'];
    /** Route 53's id of the zone; null where it isn't known yet. */
    readonly zoneId: string | null;
    /** Names whose A records are written. */
    readonly names: readonly string[];
  };
}

/**
 * The least that plan, up, down and status need: every action by name, in the one region, and on what bears reach4's
 * tag, as far as AWS can tell apart ("Actions, resources, and condition keys" of the Service Authorization Reference).
 */
export const iamPolicy = ({ host, dns }: PolicyFor): PolicyDocument =>
  policyOf([
    ...(host.kind === 'lightsail' ? lightsail(host.region) : ec2(host.region)),
    ...(dns.provider === 'route53' ? route53Rights({ ...dns, types: ['A'] }) : []),
  ]);

const inRegion = (region: string): Condition => ({ StringEquals: { 'aws:RequestedRegion': region } });

/** The thing has the tag, with whatever value. */
const isOurs = (region: string): Condition => ({
  ...inRegion(region),
  Null: { [`aws:ResourceTag/${MARK_TAG}`]: 'false' },
});

/** The request gives the thing the tag. */
const becomesOurs = (region: string): Condition => ({
  ...inRegion(region),
  Null: { [`aws:RequestTag/${MARK_TAG}`]: 'false' },
});

function lightsail(region: string): Statement[] {
  return [
    {
      Sid: 'LightsailLook',
      Effect: 'Allow',
      Action: names(
        'lightsail',
        `GetRegions GetBundles GetBlueprints GetInstance GetInstances GetInstancePortStates GetInstanceMetricData
         GetStaticIp GetStaticIps GetOperation`,
      ),
      Resource: '*',
      Condition: inRegion(region),
    },
    {
      Sid: 'LightsailMake',
      Effect: 'Allow',
      Action: names('lightsail', 'CreateInstances TagResource'),
      Resource: '*',
      Condition: becomesOurs(region),
    },
    {
      Sid: 'LightsailChangeOwn',
      Effect: 'Allow',
      Action: names('lightsail', 'PutInstancePublicPorts SetIpAddressType UntagResource DeleteInstance'),
      Resource: '*',
      Condition: isOurs(region),
    },
    {
      // Static IPs get no tags when they are made, and their ARNs don't hold their names.
      Sid: 'LightsailAddress',
      Effect: 'Allow',
      Action: names('lightsail', 'AllocateStaticIp AttachStaticIp DetachStaticIp ReleaseStaticIp'),
      Resource: '*',
      Condition: inRegion(region),
    },
  ];
}

function ec2(region: string): Statement[] {
  return [
    {
      Sid: 'Ec2Look',
      Effect: 'Allow',
      Action: names(
        'ec2',
        `DescribeAddresses DescribeAddressesAttribute DescribeAvailabilityZones DescribeImages
         DescribeInstanceAttribute DescribeInstanceCreditSpecifications DescribeInstances DescribeInstanceTypes
         DescribeInternetGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribeRouteTables
         DescribeSecurityGroups DescribeSubnets DescribeTags DescribeVolumes
         DescribeVpcAttribute DescribeVpcs`,
      ),
      Resource: '*',
      Condition: inRegion(region),
    },
    {
      Sid: 'Ec2Image',
      Effect: 'Allow',
      Action: ['ssm:GetParameter'],
      Resource: `arn:aws:ssm:${region}::parameter/aws/service/debian/*`,
    },
    {
      // A new thing takes part in these, or one that has no tags: a condition on tags would refuse them.
      Sid: 'Ec2Make',
      Effect: 'Allow',
      Action: names(
        'ec2',
        `AllocateAddress AssociateAddress DisassociateAddress CreateVpc AssociateVpcCidrBlock CreateSubnet
         CreateInternetGateway AttachInternetGateway CreateRouteTable CreateRoute AssociateRouteTable
         DisassociateRouteTable CreateSecurityGroup AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress
         RevokeSecurityGroupIngress RevokeSecurityGroupEgress RunInstances`,
      ),
      Resource: '*',
      Condition: inRegion(region),
    },
    {
      Sid: 'Ec2Tag',
      Effect: 'Allow',
      Action: names('ec2', 'CreateTags'),
      Resource: '*',
      Condition: becomesOurs(region),
    },
    {
      Sid: 'Ec2ChangeOwn',
      Effect: 'Allow',
      Action: names(
        'ec2',
        `ModifyVpcAttribute ModifySubnetAttribute DisassociateVpcCidrBlock ReplaceRoute DeleteRoute
         ModifyInstanceAttribute ModifyInstanceMetadataOptions ModifyInstanceMaintenanceOptions
         ModifyInstanceCreditSpecification StopInstances StartInstances TerminateInstances DetachInternetGateway
         DeleteTags DeleteInternetGateway DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteVpc ReleaseAddress`,
      ),
      Resource: '*',
      Condition: isOurs(region),
    },
    {
      Sid: 'Traffic',
      Effect: 'Allow',
      Action: ['cloudwatch:GetMetricStatistics'],
      Resource: '*',
      Condition: inRegion(region),
    },
    {
      Sid: 'Recovery',
      Effect: 'Allow',
      Action: names(
        'cloudwatch',
        'PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource',
      ),
      Resource: `arn:aws:cloudwatch:${region}:*:alarm:reach4-*`,
    },
  ];
}
