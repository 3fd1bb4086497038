import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPlugin, type RunningProvider, serveProvider } from '../../provider/server.ts';
import { providerService, version } from './service.ts';

export interface AwsProviderOptions {
  /** Of the API's stand-in; AWS_ENDPOINT_URL of the environment if not given. */
  endpoint?: string;
  /** Where AWS_REGION, AWS_ACCESS_KEY_ID and the like are read; this process's environment if not given. */
  environment?: NodeJS.ProcessEnv;
  /** Milliseconds after which a request without an answer has failed. */
  requestTimeoutMs?: number;
  /** `127.0.0.1:0` if not given. */
  listen?: string;
}

/** Milliseconds; calls to the API's stand-in take a few. */
const REQUEST_TIMEOUT_MS = 3000;

/** Stands for the plugin `aws`: attach it with PULUMI_DEBUG_PROVIDERS. */
export function startAwsProvider(options: AwsProviderOptions = {}): Promise<RunningProvider> {
  const { environment = process.env, endpoint, requestTimeoutMs = REQUEST_TIMEOUT_MS, listen } = options;
  const service = providerService({
    environment: endpoint === undefined ? environment : { ...environment, AWS_ENDPOINT_URL: endpoint },
    requestTimeoutMs,
  });
  return serveProvider('aws', service, listen);
}

export async function installAwsPlugin(pulumiHome: string): Promise<void> {
  const main = join(dirname(fileURLToPath(import.meta.url)), 'main.ts');
  await installPlugin(pulumiHome, { name: 'aws', version, main });
}
