import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPlugin, type RunningProvider, serveProvider } from '../../provider/server.ts';
import { providerService, version } from './service.ts';

export interface CloudflareProviderOptions {
  /** Where CLOUDFLARE_API_TOKEN and CLOUDFLARE_BASE_URL are read; this process's environment if not given. */
  environment?: NodeJS.ProcessEnv;
  /** Milliseconds before a second attempt; the real provider's 2000 if not given. */
  retryBaseMs?: number;
  /** `127.0.0.1:0` if not given. */
  listen?: string;
}

export function startCloudflareProvider(options: CloudflareProviderOptions = {}): Promise<RunningProvider> {
  const { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: baseUrl } = options.environment ?? process.env;
  const service = providerService({
    ...(token === undefined ? {} : { token }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(options.retryBaseMs === undefined ? {} : { retryBaseMs: options.retryBaseMs }),
  });
  return serveProvider('cloudflare', service, options.listen);
}

export async function installCloudflarePlugin(pulumiHome: string): Promise<void> {
  const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'main.ts');
  await installPlugin(pulumiHome, { name: 'cloudflare', version, main });
}
