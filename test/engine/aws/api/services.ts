import { acm } from './acm/service.ts';
import { cloudfront } from './cloudfront/service.ts';
import { cloudwatch } from './cloudwatch/service.ts';
import { ec2 } from './ec2/service.ts';
import type { CommonErrors } from './errors.ts';
import { lightsail } from './lightsail/service.ts';
import { route53 } from './route53/service.ts';
import { ssm } from './ssm/service.ts';
import { sts } from './sts/service.ts';
import type { Operation } from './wire/operation.ts';
import type { HttpRequest, Wire } from './wire/wire.ts';

export interface Service {
  /** Of IAM's actions: `cloudwatch` in `cloudwatch:PutMetricAlarm`. */
  prefix: string;
  /** In a signature's scope, which may be another word. */
  signingName: string;
  /** How a request is recognised as this service's, which AWS does by host name. */
  recognises: (request: HttpRequest) => boolean;
  wire: Wire;
  errors: CommonErrors;
  operations: ReadonlyMap<string, Operation>;
}

const services: readonly Service[] = [lightsail, ec2, cloudwatch, route53, ssm, sts, acm, cloudfront];

export function serviceFor(request: HttpRequest): Service | undefined {
  return services.find((service) => service.recognises(request));
}
