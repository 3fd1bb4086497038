import type { Properties } from '../../provider/messages.ts';
import type { Cloud } from './cloud.ts';

type ProviderFunction = (cloud: Cloud, args: Properties) => Promise<Properties>;

/** The data sources that reach4 may use, by their token. */
export const functions: Readonly<Record<string, ProviderFunction>> = {};
