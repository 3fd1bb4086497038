import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { providerService as protocol } from '../proto.ts';

/** A stand-in of a provider plugin that listens. */
export interface RunningProvider extends AsyncDisposable {
  port: number;
  /** For PULUMI_DEBUG_PROVIDERS: `aws:54321`. */
  attach: string;
}

/** @param listen `127.0.0.1:0` if not given */
export async function serveProvider(
  name: string,
  service: UntypedServiceImplementation,
  listen = '127.0.0.1:0',
): Promise<RunningProvider> {
  const server = new Server();
  server.addService(protocol.ResourceProviderService, service);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    attach: `${name}:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

export interface Plugin {
  /** `aws` */
  name: string;
  /** The SDK's, so that the engine takes this plugin for the one that the SDK asks for. */
  version: string;
  /** The program; it gets the argument `plugin`, then the engine's own. */
  main: string;
}

/**
 * Puts a stand-in where the engine looks for installed plugins. Unlike an attached one it is then started by the
 * engine, in the engine's environment, as the real one is: this shows whether the credentials get there.
 */
export async function installPlugin(pulumiHome: string, { name, version, main }: Plugin): Promise<void> {
  const folder = join(pulumiHome, 'plugins', `resource-${name}-v${version}`);
  const script = join(folder, `pulumi-resource-${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(script, `#!/bin/sh\nexec '${process.execPath}' '${main}' plugin "$@"\n`);
  await chmod(script, 0o755);
}
