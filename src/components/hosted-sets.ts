import * as pulumi from '@pulumi/pulumi';
import type { HostedSet } from '../model/cdn-plan.ts';
import { type Change, type Found, hostedSetsLife, type Inputs } from './hosted-sets-life.ts';
import { HOSTED_SETS } from './type-names.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for one module, Amazon's own client, as in `previous-record-sets.ts`.

/** A record set as the stack wants it: values and how long they may be kept, or an alias. */
interface WantedSet {
  readonly type: 'A' | 'AAAA' | 'CNAME';
  /** Seconds; null for an alias, which has that of where it leads. */
  readonly ttl: number | null;
  readonly values: readonly pulumi.Input<string>[];
  readonly alias: { readonly zoneId: string; readonly name: pulumi.Input<string> } | null;
}

export interface HostedSetsArgs {
  readonly zoneId: string;
  readonly name: pulumi.Input<string>;
  /** At most one of each type. Sets of other types are left alone. */
  readonly wanted: readonly WantedSet[];
  /** What was there when it was planned: nothing else is written over. */
  readonly previous: readonly HostedSet[];
  /** What comes back at the end. */
  readonly back: readonly HostedSet[];
  /** Others may want the very same set: one that is there already stays theirs. The TTL tells ours. */
  readonly shared: boolean;
  /**
   * Writes nothing, and puts back only what still is as wanted: for what an `up` that broke off wrote and never recorded.
   */
  readonly onlyBack: boolean;
  /** Seconds that caches may lead visitors to where the sets lead: waited for at the end. */
  readonly waitSeconds: number;
}

function client(): {
  sdk: typeof import('@aws-sdk/client-route-53');
  route53: import('@aws-sdk/client-route-53').Route53Client;
} {
  let sdk: typeof import('@aws-sdk/client-route-53');
  try {
    sdk = require('@aws-sdk/client-route-53');
  } catch (error) {
    throw refusal(
      `The package @aws-sdk/client-route-53, which writes DNS records, can't be loaded from ${process.cwd()}: install reach4 there anew and run it again (${(error as Error).message.split('\n')[0]}).`,
    );
  }
  // A call that gets no answer is tried again, as one that is refused for the moment.
  const requestHandler = { connectionTimeout: 10000, requestTimeout: 20000, throwOnRequestTimeout: true };
  // Route 53 is one for all regions, and its API is in this one (AWS General Reference, "Service endpoints").
  const options = { region: 'us-east-1', maxAttempts: 5, requestHandler };
  return { sdk, route53: new sdk.Route53Client(options) };
}

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
}

const bare = (name: string | undefined): string => String(name).replace(/\.$/, '').toLowerCase();

async function setsAt(inputs: Inputs): Promise<Found[]> {
  const { sdk, route53 } = client();
  const answer = await route53.send(
    new sdk.ListResourceRecordSetsCommand({
      HostedZoneId: inputs.zoneId,
      StartRecordName: `${inputs.name}.`,
      MaxItems: 300,
    }),
  );
  return (answer.ResourceRecordSets || []).filter(
    (set) => bare(set.Name) === bare(inputs.name) && ['A', 'AAAA', 'CNAME'].indexOf(String(set.Type)) !== -1,
  );
}

/** Until all name servers have a change: within 60 seconds, says Route 53. */
async function spread(change: string | undefined): Promise<void> {
  const { sdk, route53 } = client();
  for (let waited = 0; change && waited < 180; waited += 2) {
    try {
      const { ChangeInfo } = await route53.send(new sdk.GetChangeCommand({ Id: change }));
      if (ChangeInfo && ChangeInfo.Status === 'INSYNC') {
        return;
      }
    } catch (error) {
      console.log(`Whether all name servers know of the change can't be asked: ${error}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, waited < 4 ? 250 : 2000));
  }
}

async function send(HostedZoneId: string, Changes: Change[]): Promise<void> {
  const { sdk, route53 } = client();
  const command = new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } });
  const { ChangeInfo } = await route53.send(command);
  await spread(ChangeInfo ? ChangeInfo.Id : undefined);
}

const provider = hostedSetsLife({ setsAt, send });

/**
 * Record sets of one name at Route 53, changed together in one request, so that the name never lacks one of them; and
 * put back in one at the end, also with the literal `pulumi destroy`. Needs AWS credentials where the AWS provider looks
 * for them too; they are never stored.
 */
export class HostedSets extends pulumi.dynamic.Resource {
  constructor(name: string, args: HostedSetsArgs, options?: pulumi.CustomResourceOptions) {
    super(provider, name, { ...args }, options, HOSTED_SETS.module, HOSTED_SETS.name);
  }
}

/**
 * Sets that a stack owns, and before them what puts them back where their own resource was never recorded: Pulumi forgets
 * what was made by a process that was killed before it could say so.
 */
export function ownSets(
  name: string,
  args: Omit<HostedSetsArgs, 'onlyBack'>,
  { dependsOn, ...options }: pulumi.CustomResourceOptions,
): HostedSets {
  const back = new HostedSets(
    `${name}-back`,
    { ...args, onlyBack: true },
    dependsOn === undefined ? {} : { dependsOn },
  );
  return new HostedSets(name, { ...args, onlyBack: false }, { ...options, dependsOn: back });
}
