import { GetCallerIdentity$, type GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { queryErrors } from '../errors.ts';
import { byName, byVersion } from '../service.ts';
import type { Service } from '../services.ts';
import { operation } from '../wire/operation.ts';
import { queryWire } from '../wire/query.ts';

const VERSION = '2011-06-15';

export const sts: Service = {
  prefix: 'sts',
  signingName: 'sts',
  recognises: byVersion(VERSION),
  wire: queryWire({ xmlns: `https://sts.amazonaws.com/doc/${VERSION}/`, ec2: false }),
  errors: queryErrors,
  operations: byName([
    operation<object, GetCallerIdentityResponse>(GetCallerIdentity$, (_input, { account }) => ({
      Account: account.id,
      Arn: `arn:aws:iam::${account.id}:user/reach4`,
      UserId: 'AIDATESTREACH4USERID7',
    })),
  ]),
};
