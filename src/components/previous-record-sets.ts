import * as pulumi from '@pulumi/pulumi';
import type { RecordSet, TakenSet } from '../model/record-set.ts';
import { PREVIOUS_RECORD_SETS } from './type-names.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for one module: only Amazon's own client finds credentials everywhere that the user may keep them. It is
// found from the folder of the program (Pulumi.yaml's `main`), so that of whichever reach4 is installed at destroy.

export interface PreviousRecordSetsArgs {
  readonly zoneId: string;
  /** What comes back when the stack goes. */
  readonly previous: readonly RecordSet[];
  /** What is taken over and changed: only while it is what it was when it was planned. */
  readonly taken?: readonly TakenSet[];
  /** What the stack makes: goes at the end, also where an `up` that broke off never recorded it. */
  readonly made?: readonly (Pick<RecordSet, 'name' | 'type' | 'ttl'> & {
    readonly values: readonly pulumi.Input<string>[];
  })[];
}

interface State {
  zoneId: string;
  /** Those of a relay that was made earlier have no type: A. */
  previous: (Pick<RecordSet, 'name' | 'ttl' | 'values'> & { type?: RecordSet['type'] })[];
  taken?: TakenSet[];
  made?: RecordSet[];
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

/** An address in one spelling, whoever wrote it. */
function spelled(address: string): string {
  return address.indexOf(':') === -1 ? address : new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** The set of a type at a name; undefined where there is none. */
async function setAt(
  zoneId: string,
  { name, type }: Pick<RecordSet, 'name' | 'type'>,
): Promise<import('@aws-sdk/client-route-53').ResourceRecordSet | undefined> {
  const { sdk, route53 } = client();
  const answer = await route53.send(
    new sdk.ListResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      StartRecordName: `${name}.`,
      StartRecordType: type,
      MaxItems: 1,
    }),
  );
  const set = (answer.ResourceRecordSets || [])[0];
  return set && set.Name === `${name}.` && set.Type === type ? set : undefined;
}

/** Makes sure that a set which is about to be taken over is what it was when it was planned, or ours already. */
async function unchanged(zoneId: string, taken: TakenSet): Promise<void> {
  const label = `${taken.name} ${taken.type}`;
  let now = 'gone';
  try {
    const set = await setAt(zoneId, taken);
    if (set) {
      const values = (set.ResourceRecords || []).map(({ Value }) => spelled(String(Value)));
      const isPlain = values.length > 0 && !set.SetIdentifier;
      now = isPlain ? values.join(', ') : 'computed by Route 53';
      for (const known of isPlain ? [taken.from, taken.to] : []) {
        if (known.length === values.length && known.every((one) => values.indexOf(spelled(one)) !== -1)) {
          return;
        }
      }
    }
  } catch (error) {
    const { name, message } = error as Error;
    throw refusal(`${label} can't be looked up before it is changed: ${name}: ${message}`);
  }
  throw refusal(`${label} was ${taken.from.join(', ')} when it was planned and is ${now} now; plan again.`);
}

/**
 * Takes out what the stack made and its state doesn't know of: what it knows of is gone by now. There was no set when it
 * was planned, so that one with the very same values and TTL is ours.
 */
async function unmake(zoneId: string, made: RecordSet): Promise<string | undefined> {
  const { sdk, route53 } = client();
  try {
    const set = await setAt(zoneId, made);
    const values = (set?.ResourceRecords || []).map(({ Value }) => spelled(String(Value)));
    const wanted = made.values.map((value) => spelled(value));
    const isMade = values.length === wanted.length && wanted.every((one) => values.indexOf(one) !== -1);
    if (!set || set.SetIdentifier || set.TTL !== made.ttl || !isMade) {
      return undefined;
    }
    const answer = await route53.send(
      new sdk.ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] },
      }),
    );
    return answer.ChangeInfo ? answer.ChangeInfo.Id : undefined;
  } catch (error) {
    const { name, message } = error as Error;
    throw refusal(`${made.name} ${made.type} could not be taken out: ${name}: ${message}`);
  }
}

/** Puts a record set back, in place of ours where that still is. Gives the change, which spreads for a while. */
async function restore(zoneId: string, record: State['previous'][0]): Promise<string | undefined> {
  const { sdk, route53 } = client();
  const ResourceRecords = record.values.map((value) => ({ Value: value }));
  const Type = record.type || 'A';
  const ResourceRecordSet = { Name: record.name, Type: Type, TTL: record.ttl, ResourceRecords };
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
    throw refusal(
      `${record.name} ${Type} ${record.values.join(', ')} could not be put back: ${name}: ${message}`,
    );
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
const canonical = (state: State): string =>
  JSON.stringify([
    (state.previous || []).map((record) => [record.type || 'A', record.name, record.ttl, record.values]),
    (state.taken || []).map((taken) => [taken.type, taken.name, taken.ttl, taken.from, taken.to]),
    (state.made || []).map((made) => [made.type, made.name, made.ttl, made.values]),
  ]);

const provider = {
  /** Runs before anything is made or changed, in a preview too. What was looked at once may be ours by now. */
  async check(olds: Partial<State>, news: State) {
    const looked = (olds?.taken || []).map(({ type, name }) => `${type} ${name}`);
    for (const taken of news.taken || []) {
      if (looked.indexOf(`${taken.type} ${taken.name}`) === -1) {
        await unchanged(news.zoneId, taken);
      }
    }
    return { inputs: news };
  },
  async create(inputs: State) {
    return { id: `previous-record-sets-${inputs.zoneId}`, outs: inputs };
  },
  async diff(_id: string, olds: State, news: State) {
    const moved = olds.zoneId !== news.zoneId;
    return {
      changes: moved || canonical(olds) !== canonical(news),
      replaces: moved ? ['zoneId'] : [],
    };
  },
  async update(_id: string, _olds: State, news: State) {
    return { outs: news };
  },
  async delete(_id: string, state: State) {
    const changes: (string | undefined)[] = [];
    for (const made of state.made || []) {
      changes.push(await unmake(state.zoneId, made));
    }
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
 * literal `pulumi destroy`. Lets none be changed that isn't any more what the plan has shown. The stack's own records must depend on it, so that they are out of the state by then. Needs
 * AWS credentials where the AWS provider looks for them too; they are never stored.
 */
export class PreviousRecordSets extends pulumi.dynamic.Resource {
  constructor(name: string, args: PreviousRecordSetsArgs, options?: pulumi.CustomResourceOptions) {
    const { zoneId, previous, taken, made } = args;
    const { module, name: type } = PREVIOUS_RECORD_SETS;
    super(
      provider,
      name,
      {
        ...{ zoneId, previous },
        ...(taken === undefined ? {} : { taken }),
        ...(made === undefined ? {} : { made }),
      },
      options,
      module,
      type,
    );
  }
}
