import { LocalWorkspace, PulumiCommand, type Stack } from '@pulumi/pulumi/automation/index.js';
import { ensureEngine } from '../engine.ts';
import { engineFolder } from '../folder.ts';
import { testCredentials } from './api/access.ts';
import type { AwsOptions } from './api/options.ts';
import { startAws } from './api/server.ts';
import { awsClients } from './clients.ts';
import { startAwsProvider } from './provider/start.ts';

const REGION = 'eu-central-1';

type Program = () => Promise<Record<string, unknown>> | Record<string, unknown>;

/** The real engine and the real SDK, an inline program, and the stand-ins of the provider and of AWS's API. */
export async function startProviderWorld(options: Omit<AwsOptions, 'callers'> = {}) {
  const credentials = testCredentials('program');
  const byHand = testCredentials('hand');
  const engine = await ensureEngine();
  const aws = await startAws({
    ...options,
    callers: { [credentials.accessKeyId]: {}, [byHand.accessKeyId]: { behindTheScenes: true } },
  });
  const provider = await startAwsProvider({
    endpoint: aws.url,
    environment: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  const folder = await engineFolder(engine);
  let program: Program = () => ({});
  const stack = await LocalWorkspace.createStack(
    { stackName: 'test', projectName: 'aws', program: async () => program() },
    {
      workDir: folder.path,
      pulumiCommand: await PulumiCommand.get({ root: engine.root, skipVersionCheck: true }),
      envVars: { ...folder.environment, PULUMI_DEBUG_PROVIDERS: provider.attach },
    },
  );
  return {
    aws,
    stack,
    /** For what somebody does by hand: not logged, and met by no fault. */
    hand: awsClients(aws.url, byHand, REGION),
    declare: (next: Program) => {
      program = next;
    },
    up: async () => changesOf((await stack.up()).summary.resourceChanges),
    refresh: async () => changesOf((await stack.refresh()).summary.resourceChanges),
    /** The properties of the one resource whose URN ends in `::NAME`. */
    state: async (name: string) => (await resourcesOf(stack)).find(({ urn }) => urn.endsWith(`::${name}`)),
    /** What was called, and changed something, since the last time, without its service. */
    writes: () => {
      const made = aws.calls.writes.map(({ action }) => action.replace(/^.*:/, ''));
      aws.reset();
      return made;
    },
    /** Forgets faults and calls, and takes everything down. */
    clear: async () => {
      aws.reset();
      await stack.refresh();
      await stack.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]();
      await aws.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}
export type ProviderWorld = Awaited<ReturnType<typeof startProviderWorld>>;

function changesOf(changes: object | undefined): Record<string, number> {
  return { ...changes };
}

interface StateResource {
  urn: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
}

async function resourcesOf(stack: Stack): Promise<StateResource[]> {
  const { deployment } = await stack.exportStack();
  return (deployment as { resources?: StateResource[] }).resources ?? [];
}
