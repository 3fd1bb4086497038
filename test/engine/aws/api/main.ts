/**
 * The stand-in as a process of its own:
 *
 *   main.ts --listen ADDR:PORT --config FILE.json
 *
 * Prints one line of JSON when it is ready, and ends on SIGTERM or SIGINT.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { hostAndPort } from '../../cloudflare/config.ts';
import { settings } from './options.ts';
import { startAws } from './server.ts';

const { values } = parseArgs({
  options: { listen: { type: 'string', default: '127.0.0.1:0' }, config: { type: 'string' } },
});
if (values.config === undefined) {
  throw new Error('--config is missing');
}
const config = settings.parse(JSON.parse(await readFile(values.config, 'utf8')));
const aws = await startAws({ ...config, listen: hostAndPort(values.listen) });
async function stop(): Promise<void> {
  await aws.stop();
  process.exit(0);
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
// Only now: who reads this may send the signal at once.
console.log(JSON.stringify({ url: aws.url, port: aws.port }));
