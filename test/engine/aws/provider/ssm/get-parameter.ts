/** hashicorp/terraform-provider-aws, internal/service/ssm/parameter_data_source.go */
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Properties } from '../../../provider/messages.ts';
import type { Cloud } from '../cloud.ts';
import { doing } from '../errors.ts';

export async function getParameter({ ssm, region }: Cloud, args: Properties): Promise<Properties> {
  const WithDecryption = args.withDecryption !== false;
  const call = ssm.send(new GetParameterCommand({ Name: String(args.name), WithDecryption }));
  const { Parameter } = await doing(`reading SSM Parameter (${args.name})`, call);
  const isSecret = Parameter?.Type === 'SecureString';
  return {
    id: Parameter?.Name,
    name: Parameter?.Name,
    arn: Parameter?.ARN,
    type: Parameter?.Type,
    value: Parameter?.Value,
    insecureValue: isSecret ? '' : Parameter?.Value,
    version: Parameter?.Version,
    withDecryption: WithDecryption,
    region,
  };
}
