import * as pulumi from '@pulumi/pulumi';
import type { RecordSet } from '../model/relay-plan.ts';
import { PREVIOUS_RECORD_SETS } from './type-names.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for one module: only Amazon's own client finds credentials everywhere that the user may keep them. It is
// found from the folder of the program (Pulumi.yaml's `main`), so that of whichever reach4 is installed at destroy.

export interface PreviousRecordSetsArgs {
  readonly zoneId: string;
  /** What comes back when the stack goes. */
  readonly previous: readonly RecordSet[];
}

interface State {
  zoneId: string;
  previous: RecordSet[];
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
      `The package @aws-sdk/client-route-53, which puts DNS records back, can't be loaded from ${process.cwd()}: install reach4 there anew and run destroy again (${(error as Error).message.split('\n')[0]}).`,
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

/** Puts a record set back, in place of ours where that still is. Gives the change, which spreads for a while. */
async function restore(zoneId: string, record: RecordSet): Promise<string | undefined> {
  const { sdk, route53 } = client();
  const ResourceRecords = record.values.map((value) => ({ Value: value }));
  const ResourceRecordSet = { Name: record.name, Type: 'A' as const, TTL: record.ttl, ResourceRecords };
  try {
    const answer = await route53.send(
      new sdk.ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
      }),
    );
    return answer.ChangeInfo ? answer.ChangeInfo.Id : undefined;
  } catch (error) {
    const { name, message } = error as Error;
    throw refusal(`${record.name} A ${record.values.join(', ')} could not be put back: ${name}: ${message}`);
  }
}

/** Until all name servers have a change: within 60 seconds, says Route 53. Whether they do is looked at again by the hold. */
async function spread(change: string): Promise<void> {
  const { sdk, route53 } = client();
  for (let waited = 0; waited < 120; waited += 2) {
    try {
      const { ChangeInfo } = await route53.send(new sdk.GetChangeCommand({ Id: change }));
      if (ChangeInfo && ChangeInfo.Status === 'INSYNC') {
        return;
      }
    } catch (error) {
      console.log(`Whether all name servers know what was put back can't be asked: ${error}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

/** A value as text that doesn't depend on the order of keys, which the engine changes. */
const canonical = (records: readonly RecordSet[]): string =>
  JSON.stringify((records || []).map((record) => [record.name, record.ttl, record.values]));

const provider = {
  async create(inputs: State) {
    return { id: `previous-record-sets-${inputs.zoneId}`, outs: inputs };
  },
  async diff(_id: string, olds: State, news: State) {
    const moved = olds.zoneId !== news.zoneId;
    return {
      changes: moved || canonical(olds.previous) !== canonical(news.previous),
      replaces: moved ? ['zoneId'] : [],
    };
  },
  async update(_id: string, _olds: State, news: State) {
    return { outs: news };
  },
  async delete(_id: string, state: State) {
    const changes: (string | undefined)[] = [];
    for (const record of state.previous) {
      changes.push(await restore(state.zoneId, record));
    }
    for (const change of changes) {
      if (change) {
        await spread(change);
      }
    }
  },
};

/**
 * Holds the record sets of Route 53 that a stack replaces, and puts them back when the stack goes, also with the
 * literal `pulumi destroy`. The stack's own records must depend on it, so that they are out of the state by then. Needs
 * AWS credentials where the AWS provider looks for them too; they are never stored.
 */
export class PreviousRecordSets extends pulumi.dynamic.Resource {
  constructor(name: string, args: PreviousRecordSetsArgs, options?: pulumi.CustomResourceOptions) {
    const { zoneId, previous } = args;
    const { module, name: type } = PREVIOUS_RECORD_SETS;
    super(provider, name, { zoneId, previous }, options, module, type);
  }
}
