/** AWS's stand-in as a process of its own, as a literal `pulumi` run meets it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AllocateStaticIpCommand } from '@aws-sdk/client-lightsail';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { awsClients, outcome } from './aws/clients.ts';

const main = join(dirname(fileURLToPath(import.meta.url)), 'aws', 'api', 'main.ts');
const credentials = testCredentials('process');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reach4-aws-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('serves, tells what was called and what exists, takes faults, and ends on SIGTERM', async () => {
  const config = join(folder, 'config.json');
  await writeFile(
    config,
    JSON.stringify({ callers: { [credentials.accessKeyId]: { allow: ['lightsail:*'] } } }),
  );
  const child = execa(process.execPath, [main, '--config', config], { reject: false });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { url } = JSON.parse((await lines.next()).value ?? 'null') as { url: string };
    const control = async (path: string, body?: object) => {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      return await (await fetch(`${url}/stand-in/${path}`, init)).json();
    };
    const { lightsail } = awsClients(url, credentials);
    const allocate = (staticIpName: string) => lightsail.send(new AllocateStaticIpCommand({ staticIpName }));
    await control('faults', { kind: 'server-error', nth: 2, at: 'after' });
    expect([await outcome(allocate('one')), await outcome(allocate('two'))]).toEqual([
      'ok',
      'ServiceException',
    ]);
    expect(await control('calls')).toMatchObject([
      { write: 1, action: 'lightsail:AllocateStaticIp', input: { staticIpName: 'one' }, outcome: 'ok' },
      { write: 2, outcome: 'ServiceException', fault: { kind: 'server-error', at: 'after' } },
    ]);
    expect(await control('actions')).toEqual(['lightsail:AllocateStaticIp']);
    expect(await control('exists')).toMatchObject([
      { service: 'lightsail', region: 'eu-central-1', type: 'static-ip', id: 'one' },
      { id: 'two' },
    ]);
    await control('reset', {});
    expect(await control('calls')).toEqual([]);
  } finally {
    child.kill('SIGTERM');
  }
  expect((await child).exitCode).toBe(0);
});

it('says what is wrong with its configuration', async () => {
  const config = join(folder, 'config.json');
  await writeFile(config, '{"callers": {}, "zoens": []}');
  const run = await execa(process.execPath, [main, '--config', config], { reject: false });
  expect(run.exitCode).not.toBe(0);
  expect(run.stderr).toContain('zoens');
});
