import type { Properties } from '../../provider/messages.ts';
import type { Cloud } from './cloud.ts';
import { getEips } from './ec2/get-eips.ts';
import { getInstances } from './ec2/get-instances.ts';
import { getRecords } from './route53/get-records.ts';
import { getZone } from './route53/get-zone.ts';
import { getParameter } from './ssm/get-parameter.ts';

type ProviderFunction = (cloud: Cloud, args: Properties) => Promise<Properties>;

/** The data sources that reach4 may use, by their token. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
  'aws:ec2/getEips:getEips': getEips,
  'aws:ec2/getInstances:getInstances': getInstances,
  'aws:route53/getRecords:getRecords': getRecords,
  'aws:route53/getZone:getZone': getZone,
  'aws:ssm/getParameter:getParameter': getParameter,
};
