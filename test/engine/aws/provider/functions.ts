import type { Properties } from '../../provider/messages.ts';
import type { Cloud } from './cloud.ts';
import { getParameter } from './ssm/get-parameter.ts';

type ProviderFunction = (cloud: Cloud, args: Properties) => Promise<Properties>;

/** The data sources that reach4 may use, by their token. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
  'aws:ssm/getParameter:getParameter': getParameter,
};
