import type * as pulumi from '@pulumi/pulumi';
import { type Inputs, Leftovers, lifecycle } from './leftovers.ts';
import type { LeftoversArgs } from './relay-host.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for the SDK, which is looked up where the text runs. `require` is Node's own there; `import()` would be
// rewritten by test runners.

type Client = import('@aws-sdk/client-lightsail').LightsailClient;
type Marked = { kind: 'instance' | 'static IP'; name: string; attached: boolean };

const sdk = () => require('@aws-sdk/client-lightsail') as typeof import('@aws-sdk/client-lightsail');

function clientFor(region: string): Client {
  const { LightsailClient } = sdk();
  // A call that gets no answer is tried again, as one that is refused for the moment.
  const requestHandler = { connectionTimeout: 10000, requestTimeout: 20000, throwOnRequestTimeout: true };
  return new LightsailClient({ region, maxAttempts: 5, requestHandler });
}

/** Everything in the region that bears the mark: instances by tag and name, static IPs, which have no tags, by name. */
async function marked(client: Client, mark: string): Promise<Marked[]> {
  const { GetInstancesCommand, GetStaticIpsCommand } = sdk();
  const all: Marked[] = [];
  const isOurs = (name: string | undefined): boolean => String(name).indexOf(`reach4-${mark}-`) === 0;
  let pageToken: string | undefined;
  do {
    const page = await client.send(new GetInstancesCommand({ pageToken }));
    for (const { name, tags } of page.instances || []) {
      const isTagged = (tags || []).some(({ key, value }) => key === 'reach4:stack' && value === mark);
      if (isTagged && isOurs(name)) {
        all.push({ kind: 'instance', name: String(name), attached: false });
      }
    }
    pageToken = page.nextPageToken;
  } while (pageToken);
  do {
    const page = await client.send(new GetStaticIpsCommand({ pageToken }));
    for (const { name, isAttached } of page.staticIps || []) {
      if (isOurs(name)) {
        all.push({ kind: 'static IP', name: String(name), attached: isAttached === true });
      }
    }
    pageToken = page.nextPageToken;
  } while (pageToken);
  return all;
}

/** Carries a call out; that the thing is gone already is as good. False then. */
async function unlessGone(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if ((error as { name?: string }).name === 'NotFoundException') {
      return false;
    }
    throw error;
  }
}

async function removeInstance(client: Client, instanceName: string): Promise<void> {
  const { DeleteInstanceCommand, GetInstanceCommand } = sdk();
  const look = () => unlessGone(() => client.send(new GetInstanceCommand({ instanceName })));
  try {
    await unlessGone(() => client.send(new DeleteInstanceCommand({ instanceName, forceDeleteAddOns: true })));
  } catch (error) {
    // It may be going already, of an earlier call: what counts is whether it goes.
    console.log(`${instanceName} could not be deleted, looking whether it goes: ${error}`);
  }
  // Seconds until one is gone: usually under a minute.
  for (let waited = 0; await look(); waited += 2) {
    if (waited > 300) {
      throw new Error(`The Lightsail instance ${instanceName} was told to go and is still there.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

async function removeStaticIp(client: Client, staticIpName: string, attached: boolean): Promise<void> {
  const { DetachStaticIpCommand, ReleaseStaticIpCommand } = sdk();
  if (attached) {
    await unlessGone(() => client.send(new DetachStaticIpCommand({ staticIpName })));
  }
  await unlessGone(() => client.send(new ReleaseStaticIpCommand({ staticIpName })));
}

async function markedBeside(client: Client, mark: string, kept: string[]): Promise<Marked[]> {
  return (await marked(client, mark)).filter(({ name }) => kept.indexOf(name) === -1);
}

async function sweep({ region, mark }: Inputs, kept: string[]): Promise<void> {
  const client = clientFor(region);
  // Instances first: what is attached to one is free then.
  for (const { kind, name } of await markedBeside(client, mark, kept)) {
    if (kind === 'instance') {
      console.log(
        `Removing the Lightsail instance ${name}: it bears the stack's mark, and the stack doesn't hold it.`,
      );
      await removeInstance(client, name);
    }
  }
  for (const { kind, name, attached } of await markedBeside(client, mark, kept)) {
    if (kind === 'static IP') {
      console.log(
        `Releasing the Lightsail static IP ${name}: it bears the stack's mark, and the stack doesn't hold it.`,
      );
      await removeStaticIp(client, name, attached);
    }
  }
}

const leftovers = async ({ region, mark }: Inputs, kept: string[]): Promise<string[]> =>
  (await markedBeside(clientFor(region), mark, kept)).map(({ name }) => name);

const provider = lifecycle({ leftovers, sweep });

/** Leftovers at Lightsail. */
export class LightsailLeftovers extends Leftovers {
  constructor(name: string, args: LeftoversArgs, options?: pulumi.CustomResourceOptions) {
    super(provider, name, args, options);
  }
}
