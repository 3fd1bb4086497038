/**
 * The stand-in as a process of its own, with AWS_ENDPOINT_URL and credentials in its environment:
 *
 *   main.ts provider --listen 127.0.0.1:0
 *   main.ts plugin ENGINE_ADDRESS            (started by the engine, see `installAwsPlugin`)
 *
 * `provider` prints one line of JSON when it is ready, and ends on SIGTERM or SIGINT.
 */
import { parseArgs } from 'node:util';
import { runUntilStopped, type Started, started, startedByEngine } from '../../provider/process.ts';
import { startAwsProvider } from './start.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { listen: { type: 'string', default: '127.0.0.1:0' } },
});

runUntilStopped(await start(positionals[0]));

async function start(form: string | undefined): Promise<Started> {
  switch (form) {
    case 'provider':
      return started(await startAwsProvider({ listen: values.listen }));
    case 'plugin':
      return startedByEngine(await startAwsProvider());
    default:
      throw new Error(`usage: main.ts provider|plugin, not ${form}`);
  }
}
