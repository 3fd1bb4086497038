import { certificate } from './acm/certificate.ts';
import { certificateValidation } from './acm/certificate-validation.ts';
import type { ResourceType } from './bridge/resource-type.ts';
import { distribution } from './cloudfront/distribution.ts';
import { metricAlarm } from './cloudwatch/metric-alarm.ts';
import { eip } from './ec2/eip.ts';
import { eipAssociation } from './ec2/eip-association.ts';
import { ec2Instance } from './ec2/instance.ts';
import { internetGateway } from './ec2/internet-gateway.ts';
import { routeTable } from './ec2/route-table.ts';
import { routeTableAssociation } from './ec2/route-table-association.ts';
import { securityGroup } from './ec2/security-group.ts';
import { securityGroupEgressRule } from './ec2/security-group-egress-rule.ts';
import { securityGroupIngressRule } from './ec2/security-group-ingress-rule.ts';
import { subnet } from './ec2/subnet.ts';
import { vpc } from './ec2/vpc.ts';
import { lightsailInstance } from './lightsail/instance.ts';
import { instancePublicPorts } from './lightsail/instance-public-ports.ts';
import { staticIp } from './lightsail/static-ip.ts';
import { staticIpAttachment } from './lightsail/static-ip-attachment.ts';
import { record } from './route53/record.ts';

/** The resources that reach4 may use, by their token. */
export const resources: ReadonlyMap<string, ResourceType> = new Map(
  [
    ...[lightsailInstance, instancePublicPorts, staticIp, staticIpAttachment],
    ...[vpc, internetGateway, subnet, routeTable, routeTableAssociation],
    ...[securityGroup, securityGroupIngressRule, securityGroupEgressRule],
    ...[ec2Instance, eip, eipAssociation],
    ...[record, metricAlarm],
    ...[certificate, certificateValidation, distribution],
  ].map((type) => [type.token, type]),
);
