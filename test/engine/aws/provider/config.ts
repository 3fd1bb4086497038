/** The provider's own configuration: provider/config.go of pulumi/pulumi-aws, and `schema` of the real provider. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Failure, Properties } from '../../provider/messages.ts';
import { tagsIn } from './bridge/data.ts';
import { isObject, type Tags } from './bridge/schema.ts';
import { type Cloud, type CloudOptions, clients } from './cloud.ts';
import { failed } from './errors.ts';

/** What the process has in its environment, and this stand-in's own settings. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  requestTimeoutMs: number;
}

/** Those that mean something here; another one is refused, so that no test rests on what is not there. */
const KEYS = ['region', 'accessKey', 'secretKey', 'token', 'defaultTags', 'skipCredentialsValidation'];
/** Have a default or come with every call, and mean nothing here. */
const IGNORED_KEYS = ['version', 'skipRegionValidation', 'skipMetadataApiCheck', 'maxRetries'];

export function checkConfig(
  config: Properties,
  { environment }: Surroundings,
): { inputs: Properties; failures: Failure[] } {
  const region = config.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const inputs = { ...config, ...(region === undefined ? {} : { region }) };
  const unknown = Object.keys(config).filter((key) => ![...KEYS, ...IGNORED_KEYS].includes(key));
  const failures = unknown.map((key) => ({
    property: '',
    reason: `could not validate provider configuration: Invalid or unknown key (of this stand-in): aws:${key}`,
  }));
  if (region === undefined || region === '') {
    failures.push({
      property: '',
      reason:
        'Missing region information\n' +
        'Make sure you have set your AWS region, e.g. `pulumi config set aws:region us-west-2`.',
    });
  }
  return { inputs, failures };
}

/** The account as this configuration reaches it. */
export interface Configured {
  region: string;
  defaultTags: Tags;
  /** In a region, of which the provider's is one. */
  cloud: (region?: string) => Cloud;
}

export async function configure(config: Properties, surroundings: Surroundings): Promise<Configured> {
  const options = cloudOptions(config, surroundings);
  const { region, defaultTags } = options;
  const made = new Map<string, Cloud>();
  const accountId = await account(options);
  const cloud = (wanted = region): Cloud => {
    const one = made.get(wanted) ?? {
      ...clients({ ...options, region: wanted }),
      region: wanted,
      accountId,
      defaultTags,
    };
    made.set(wanted, one);
    return one;
  };
  return { region, defaultTags, cloud };
}

async function account(options: CloudOptions): Promise<string> {
  try {
    const { Account } = await clients(options).sts.send(new GetCallerIdentityCommand({}));
    return Account ?? '';
  } catch (error) {
    throw failed('validating provider credentials: retrieving caller identity from STS', error);
  }
}

function cloudOptions(config: Properties, { environment, requestTimeoutMs }: Surroundings): CloudOptions {
  const text = (key: string, variable: string) =>
    typeof config[key] === 'string' ? config[key] : environment[variable];
  const accessKeyId = text('accessKey', 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = text('secretKey', 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = text('token', 'AWS_SESSION_TOKEN');
  const { AWS_ENDPOINT_URL: endpoint } = environment;
  if (endpoint === undefined) {
    // The real one would now talk to AWS; a test never may.
    throw new Error('AWS_ENDPOINT_URL is not set: this stand-in talks to no real AWS.');
  }
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error(
      'No valid credential sources found.\n' +
        'Please see https://www.pulumi.com/registry/packages/aws/installation-configuration/',
    );
  }
  const defaults = decoded(config.defaultTags);
  return {
    endpoint,
    region: String(config.region),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    defaultTags: tagsIn(isObject(defaults) ? defaults.tags : {}),
    requestTimeoutMs,
  };
}

/** What is no text comes as JSON (the SDK's provider.js). */
function decoded(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}
