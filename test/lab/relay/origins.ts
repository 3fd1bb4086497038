import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { NODE } from '../commands.ts';
import type { LabProcess } from '../processes.ts';
import type { Result, Task } from './client.ts';
import type { Internet } from './lab.ts';
import type { OriginListener } from './origin.ts';
import type { RelayHost } from './topology.ts';

const ORIGIN = fileURLToPath(new URL('./origin.ts', import.meta.url));
const CLIENT = fileURLToPath(new URL('./client.ts', import.meta.url));

/** Opens ports on a host and waits until they are. */
export async function serve(
  lab: Internet,
  host: RelayHost | 'inet',
  listeners: readonly OriginListener[],
): Promise<LabProcess> {
  const process = lab.spawn(host, [NODE, ORIGIN, JSON.stringify(listeners)]);
  await process.waitFor(/^ready$/mu);
  return process;
}

/** Does things one after another on a host; tells what came of each. */
export async function attempt(
  lab: Internet,
  host: RelayHost,
  tasks: readonly Task[],
  timeoutMs = 120_000,
): Promise<Result[]> {
  const { exitCode, stderr, stdout } = await lab.exec(host, [NODE, CLIENT, JSON.stringify(tasks)], {
    timeoutMs,
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
}

/** The same for one thing. */
export async function attemptOne(lab: Internet, host: RelayHost, task: Task): Promise<Result> {
  const [result] = await attempt(lab, host, [task]);
  if (result === undefined) throw new Error('The client said nothing.');
  return result;
}

/** One thing that goes on while the test does something else. */
export function during(lab: Internet, host: RelayHost, task: Task): LabProcess {
  return lab.spawn(host, [NODE, CLIENT, JSON.stringify([task])]);
}

/** Makes a key and a certificate of a name, signed by itself; the prefix of the two files. */
export async function certificateFor(lab: Internet, name: string): Promise<string> {
  const folder = join(lab.dir, 'tls');
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await execa('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-noenc',
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${file}.key`,
    '-out',
    `${file}.crt`,
  ]);
  await chmod(`${file}.key`, 0o644);
  return file;
}

/** Text as `talk` takes it. */
export const bytes = (text: string | Buffer): string => Buffer.from(text).toString('base64');
