/**
 * The stand-in as a process of its own, for a network namespace:
 *
 *   main.ts api --listen ADDR:PORT --config FILE.json [--zone-file FILE --reload-pid-file FILE]
 *   main.ts provider --listen 127.0.0.1:0 [--retry-base-ms N]
 *   main.ts plugin ENGINE_ADDRESS            (started by the engine, see `installCloudflarePlugin`)
 *
 * `api` and `provider` print one line of JSON when they are ready, and end on SIGTERM or SIGINT.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runUntilStopped, type Started, started, startedByEngine } from '../provider/process.ts';
import { startCloudflareApi } from './api/server.ts';
import { config as configSchema, hostAndPort } from './config.ts';
import { startCloudflareProvider } from './provider/start.ts';
import { publisher } from './publish.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    listen: { type: 'string', default: '127.0.0.1:0' },
    config: { type: 'string' },
    'zone-file': { type: 'string' },
    'reload-pid-file': { type: 'string' },
    // The real provider's where it isn't given.
    'retry-base-ms': { type: 'string' },
  },
});

runUntilStopped(await start(positionals[0]));

async function start(form: string | undefined): Promise<Started> {
  switch (form) {
    case 'api':
      return await startApi();
    case 'provider':
      return started(
        await startCloudflareProvider({ listen: values.listen, ...pace(values['retry-base-ms']) }),
      );
    case 'plugin':
      return startedByEngine(await startCloudflareProvider());
    default:
      throw new Error(`usage: main.ts api|provider|plugin, not ${form}`);
  }
}

function pace(ms: string | undefined): { retryBaseMs?: number } {
  return ms === undefined ? {} : { retryBaseMs: Number(ms) };
}

async function startApi(): Promise<Started> {
  if (values.config === undefined) {
    throw new Error('api: --config is missing');
  }
  const config = configSchema.parse(JSON.parse(await readFile(values.config, 'utf8')));
  const publishers = new Map(
    config.zones.flatMap(({ publish, ...zone }) => {
      const file = values['zone-file'] ?? publish?.zoneFile;
      const reloadPidFile = values['reload-pid-file'] ?? publish?.reloadPidFile;
      const nameServers = zone.nameServers ?? [];
      return file === undefined
        ? []
        : [[zone.name, publisher({ nameServers, ...publish, zoneFile: file, reloadPidFile })] as const];
    }),
  );
  if (values['zone-file'] !== undefined && config.zones.length !== 1) {
    throw new Error('--zone-file is for one zone; use `publish.zoneFile` of each zone in the configuration');
  }
  const api = await startCloudflareApi({
    zones: config.zones,
    tokens: config.tokens,
    listen: hostAndPort(values.listen),
    onChange: (zone) => publishers.get(zone.name)?.(zone),
  });
  // Once at the start, so that the name server has something to serve.
  await Promise.all(api.zones.map((zone) => publishers.get(zone.name)?.(zone)));
  return { running: api, ready: JSON.stringify({ url: api.url, port: api.port }) };
}
