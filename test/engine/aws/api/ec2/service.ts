import { AwsError, ec2Errors } from '../errors.ts';
import { byName, byVersion } from '../service.ts';
import type { Service } from '../services.ts';
import type { Operation } from '../wire/operation.ts';
import { queryWire } from '../wire/query.ts';
import { addressOperations } from './addresses.ts';
import { attachedOperations } from './attached.ts';
import { imageOperations } from './images.ts';
import { instanceAttributeOperations } from './instance-attributes.ts';
import { instanceOperations } from './instances.ts';
import { internetGatewayOperations } from './internet-gateways.ts';
import { routeTableOperations } from './route-tables.ts';
import { ruleOperations } from './rules.ts';
import { runOperations } from './run-instances.ts';
import { securityGroupOperations } from './security-groups.ts';
import { subnetOperations } from './subnets.ts';
import { tagOperations } from './tags.ts';
import { vpcOperations } from './vpcs.ts';

const VERSION = '2016-11-15';

/** Whether it would be allowed is all that a dry run tells (EC2 API reference, "DryRun"). */
function withDryRun(operation: Operation): Operation {
  return {
    ...operation,
    handle: (input, call) => {
      if ((input as { DryRun?: boolean }).DryRun === true) {
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
      }
      return operation.handle(input, call);
    },
  };
}

export const ec2: Service = {
  prefix: 'ec2',
  signingName: 'ec2',
  recognises: byVersion(VERSION),
  wire: queryWire({ xmlns: `http://ec2.amazonaws.com/doc/${VERSION}/`, ec2: true }),
  errors: ec2Errors,
  operations: byName(
    [
      vpcOperations,
      internetGatewayOperations,
      subnetOperations,
      routeTableOperations,
      securityGroupOperations,
      ruleOperations,
      runOperations,
      instanceOperations,
      instanceAttributeOperations,
      attachedOperations,
      addressOperations,
      imageOperations,
      tagOperations,
    ]
      .flat()
      .map(withDryRun),
  ),
};
