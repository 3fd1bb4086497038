import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { providerService as protocol } from '../../proto.ts';
import { providerService, version } from './service.ts';

export interface CloudflareProviderOptions {
  /** Where CLOUDFLARE_API_TOKEN and CLOUDFLARE_BASE_URL are read; this process's environment if not given. */
  environment?: NodeJS.ProcessEnv;
  /** Milliseconds before a second attempt; the real provider's 2000 if not given. */
  retryBaseMs?: number;
  /** `127.0.0.1:0` if not given. */
  listen?: string;
}

export interface CloudflareProvider extends AsyncDisposable {
  port: number;
  /** For PULUMI_DEBUG_PROVIDERS. */
  attach: string;
}

export async function startCloudflareProvider(
  options: CloudflareProviderOptions = {},
): Promise<CloudflareProvider> {
  const { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_BASE_URL: baseUrl } = options.environment ?? process.env;
  const server = new Server();
  server.addService(
    protocol.ResourceProviderService,
    providerService({
      ...(token === undefined ? {} : { token }),
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(options.retryBaseMs === undefined ? {} : { retryBaseMs: options.retryBaseMs }),
    }),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(options.listen ?? '127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    attach: `cloudflare:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

/**
 * Puts the stand-in where the engine looks for installed plugins. Unlike an attached one it is then started by the
 * engine, in the engine's environment, as the real one is: this shows whether the token gets there.
 */
export async function installCloudflarePlugin(pulumiHome: string): Promise<void> {
  const folder = join(pulumiHome, 'plugins', `resource-cloudflare-v${version}`);
  const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'main.ts');
  const script = join(folder, 'pulumi-resource-cloudflare');
  await mkdir(folder, { recursive: true });
  await writeFile(script, `#!/bin/sh\nexec '${process.execPath}' '${main}' plugin "$@"\n`);
  await chmod(script, 0o755);
}
