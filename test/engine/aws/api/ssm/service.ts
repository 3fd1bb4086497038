import { GetParameter$, type GetParameterRequest, type GetParameterResult } from '@aws-sdk/client-ssm';
import { imagesIn } from '../ec2/images.ts';
import { AwsError, jsonErrors } from '../errors.ts';
import { byName, byTarget } from '../service.ts';
import type { Service } from '../services.ts';
import { jsonWire } from '../wire/json.ts';
import { operation } from '../wire/operation.ts';

/** Debian's public parameters (Debian wiki, "Cloud/AmazonEC2Image/Trixie"). */
const PARAMETER = /^\/aws\/service\/debian\/release\/13\/latest\/(arm64|amd64)$/;

export const ssm: Service = {
  prefix: 'ssm',
  signingName: 'ssm',
  recognises: byTarget('AmazonSSM'),
  wire: jsonWire('1.1', 'ValidationException'),
  errors: jsonErrors,
  operations: byName([
    operation<GetParameterRequest, GetParameterResult>(GetParameter$, ({ Name }, { region }) => {
      const architecture = PARAMETER.exec(Name)?.[1] === 'amd64' ? 'x86_64' : PARAMETER.exec(Name)?.[1];
      const image = imagesIn(region.name).find((one) => one.architecture === architecture);
      if (image === undefined) {
        throw new AwsError('ParameterNotFound', '');
      }
      return {
        Parameter: {
          Name,
          Type: 'String',
          Value: image.id,
          Version: 1,
          DataType: 'aws:ec2:image',
          ARN: `arn:aws:ssm:${region.name}::parameter${Name}`,
          LastModifiedDate: new Date('2026-01-01T00:00:00Z'),
        },
      };
    }),
  ]),
};
