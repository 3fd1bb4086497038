/** The stand-in of the provider `aws` as a process of its own, and as a plugin that the engine starts. */
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { testCredentials } from './aws/api/access.ts';
import { startAws } from './aws/api/server.ts';
import { installAwsPlugin } from './aws/provider/start.ts';
import { ensureEngine } from './engine.ts';
import { engineFolder, type PulumiRun } from './folder.ts';

/** Milliseconds; a command takes two to four seconds, but the first run on a machine builds the engine. */
const TEST_TIMEOUT_MS = 20 * 60_000;

const main = join(dirname(fileURLToPath(import.meta.url)), 'aws', 'provider', 'main.ts');

const program = `
import { StaticIp } from '@pulumi/aws/lightsail/index.js';

export const ip = new StaticIp('address').ipAddress;
`;

describe('the provider as a process', () => {
  it('says where to attach it and ends on SIGTERM', async () => {
    const child = execa(process.execPath, [main, 'provider', '--listen', '127.0.0.1:0'], { reject: false });
    const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const ready = JSON.parse(value ?? 'null') as Record<string, unknown>;
    child.kill('SIGTERM');
    expect(ready.attach).toBe(`aws:${ready.port}`);
    expect((await child).exitCode).toBe(0);
  });
});

describe('the provider as a plugin', { timeout: TEST_TIMEOUT_MS }, () => {
  it('takes region, credentials and endpoint from the environment of the engine', async () => {
    const credentials = testCredentials('plugin');
    await using aws = await startAws({ callers: { [credentials.accessKeyId]: {} } });
    await using folder = await engineFolder(await ensureEngine(), {
      environment: {
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    });
    await installAwsPlugin(folder.environment.PULUMI_HOME ?? '');
    await folder.write('Pulumi.yaml', 'name: literal\nruntime: nodejs\nmain: index.js\n');
    await folder.write('package.json', '{ "type": "module" }');
    await folder.write('index.js', program);
    succeeds(await folder.pulumi(['stack', 'init', 'test']));
    const without = await folder.pulumi(['up', '--yes']);
    expect(without.output).toMatch(/AWS_ENDPOINT_URL is not set: this stand-in talks to no real AWS/);
    const endpoint = { AWS_ENDPOINT_URL: aws.url };
    expect(succeeds(await folder.pulumi(['up', '--yes'], endpoint))).toMatch(/\+ 2 created/);
    expect(aws.exists()).toMatchObject([{ type: 'static-ip', region: 'eu-central-1' }]);
    succeeds(await folder.pulumi(['destroy', '--yes'], endpoint));
    expect(aws.exists()).toEqual([]);
  });
});

function succeeds(run: PulumiRun): string {
  expect(run.exitCode, run.output).toBe(0);
  return run.output;
}
