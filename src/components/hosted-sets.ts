import * as pulumi from '@pulumi/pulumi';
import type { HostedSet } from '../model/cdn-plan.ts';
import { HOSTED_SETS } from './type-names.ts';

// The provider below is frozen into the state of every stack: the rules at the head of `previous-records.ts` hold here
// too, but for one module, Amazon's own client, as in `previous-record-sets.ts`.

/** A record set as the stack wants it: values and how long they may be kept, or an alias. */
export interface WantedSet {
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
  /** Seconds that caches may lead visitors to where the sets lead: waited for at the end. */
  readonly waitSeconds: number;
}

type Kept = { type: string; ttl: number; values: string[] };
type Wanted = {
  type: 'A' | 'AAAA' | 'CNAME';
  ttl: number | null;
  values: string[];
  alias: { zoneId: string; name: string } | null;
};

interface Inputs {
  zoneId: string;
  name: string;
  wanted: Wanted[];
  previous: Kept[];
  back: Kept[];
  shared: boolean;
  waitSeconds: number;
}

interface State extends Inputs {
  /** It was there already, and stays. */
  theirs?: boolean;
  /** What a refresh saw in the place of ours, as text. */
  drift?: string[];
}

type Found = import('@aws-sdk/client-route-53').ResourceRecordSet;
type Change = import('@aws-sdk/client-route-53').Change;

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
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

const bare = (name: string | undefined): string => String(name).replace(/\.$/, '').toLowerCase();

/** One spelling of an address; of what is none, the text without its last dot. */
function spelled(value: string): string {
  if (value.indexOf(':') === -1) {
    return bare(value);
  }
  try {
    return new URL(`http://[${value}]/`).hostname.slice(1, -1);
  } catch (_) {
    return value;
  }
}

/** A set as a text that tells whether two are the same. */
function written(set: {
  ttl: number | null;
  values: string[];
  alias: { zoneId: string; name: string } | null;
}) {
  return set.alias
    ? `an alias of ${bare(set.alias.name)}`
    : `${set.values.map(spelled).sort().join(', ')} (TTL ${set.ttl} s)`;
}

function writtenFound(set: Found): string {
  const values = (set.ResourceRecords || []).map((record) => String(record.Value));
  const to = set.AliasTarget;
  const alias = to ? { zoneId: String(to.HostedZoneId), name: String(to.DNSName) } : null;
  const plain = written({ ttl: set.TTL === undefined ? null : set.TTL, values, alias });
  return set.SetIdentifier ? `${plain}, with a routing policy` : plain;
}

const writtenKept = (kept: Kept): string => written({ ttl: kept.ttl, values: kept.values, alias: null });

/** The sets of the name that could be ours, or in the way of ours. */
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

function setOf(name: string, set: Wanted | Kept): Found {
  const Name = `${name}.`;
  const Type = set.type as 'A';
  const alias = (set as Wanted).alias;
  if (alias) {
    const AliasTarget = { HostedZoneId: alias.zoneId, DNSName: alias.name, EvaluateTargetHealth: false };
    return { Name, Type, AliasTarget };
  }
  return { Name, Type, TTL: Number(set.ttl), ResourceRecords: set.values.map((Value) => ({ Value })) };
}

const ofType = <T extends { type: string }>(sets: T[], type: string | undefined): T | undefined =>
  sets.filter((set) => set.type === type)[0];

/** What has to change for the name to be as wanted. @throws where something else has come to stand there */
function changesTo(news: Inputs, olds: State | null, found: Found[]): Change[] {
  const changes: Change[] = [];
  for (const set of found) {
    const type = String(set.Type);
    const wanted = ofType(news.wanted, type);
    const now = writtenFound(set);
    const held = olds ? ofType(olds.wanted, type) : undefined;
    if (!wanted) {
      if (held && now === written(held)) {
        const back = ofType(news.back.concat(olds ? olds.back : []), type);
        changes.push(
          back
            ? { Action: 'UPSERT', ResourceRecordSet: setOf(news.name, back) }
            : { Action: 'DELETE', ResourceRecordSet: set },
        );
      } else if (type === 'CNAME' || news.wanted.some((each) => each.type === 'CNAME')) {
        throw refusal(
          `There is ${news.name} ${type} ${now} now, beside which nothing else may stand; plan again with \`reach4 plan\`.`,
        );
      }
      continue;
    }
    const before = ofType(news.previous, type);
    const isKnown =
      now === written(wanted) ||
      (before && now === writtenKept(before)) ||
      (held && now === written(held)) ||
      // Shown by the preview, and so agreed to.
      (olds && (olds.drift || []).indexOf(`${type} ${now}`) !== -1);
    if (!isKnown) {
      const was = before ? writtenKept(before) : 'not there';
      throw refusal(
        `${news.name} ${type} was ${was} when it was planned and is ${now} now; plan again with \`reach4 plan\`.`,
      );
    }
  }
  for (const wanted of news.wanted) {
    const there = found.filter((set) => set.Type === wanted.type)[0];
    if (!there || writtenFound(there) !== written(wanted)) {
      changes.push({ Action: 'UPSERT', ResourceRecordSet: setOf(news.name, wanted) });
    }
  }
  return changes;
}

/** What has to change for the name to be as it was. */
function changesBack(state: State, found: Found[]): Change[] {
  const changes: Change[] = [];
  for (const wanted of state.wanted) {
    const there = found.filter((set) => set.Type === wanted.type)[0];
    const back = ofType(state.back, wanted.type);
    if (back) {
      if (!there || writtenFound(there) !== writtenKept(back)) {
        changes.push({ Action: 'UPSERT', ResourceRecordSet: setOf(state.name, back) });
      }
    } else if (there && writtenFound(there) === written(wanted)) {
      changes.push({ Action: 'DELETE', ResourceRecordSet: there });
    }
  }
  return changes;
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

/**
 * Looks, and makes all changes in one request, which Route 53 carries out as a whole or not at all. Where it says that
 * things have changed meanwhile, or an answer was lost and the request came twice: looks again.
 */
async function change(inputs: Inputs, decide: (found: Found[]) => Change[]): Promise<void> {
  const { sdk, route53 } = client();
  for (let attempt = 1; ; attempt += 1) {
    const Changes = decide(await setsAt(inputs));
    if (Changes.length === 0) {
      return;
    }
    try {
      const answer = await route53.send(
        new sdk.ChangeResourceRecordSetsCommand({ HostedZoneId: inputs.zoneId, ChangeBatch: { Changes } }),
      );
      await spread(answer.ChangeInfo ? answer.ChangeInfo.Id : undefined);
      return;
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'InvalidChangeBatch' || attempt === 3) {
        const types = Changes.map((each) => each.ResourceRecordSet?.Type).join(', ');
        throw refusal(`${inputs.name} ${types} could not be written: ${name}: ${message}`);
      }
    }
  }
}

/** Another's set of the same content is left to them; the TTL says whether it is ours, made by a try that broke off. */
async function isTheirs(inputs: Inputs): Promise<boolean> {
  const [wanted] = inputs.wanted;
  const found = await setsAt(inputs);
  return found.some(
    (set) =>
      wanted !== undefined &&
      set.Type === wanted.type &&
      set.TTL !== wanted.ttl &&
      written({
        ttl: 0,
        values: (set.ResourceRecords || []).map((one) => String(one.Value)),
        alias: null,
      }) === written({ ttl: 0, values: wanted.values, alias: null }),
  );
}

/** A value as text that doesn't depend on the order of keys, which the engine changes. */
const canonical = (inputs: Inputs): string =>
  JSON.stringify([
    inputs.zoneId,
    inputs.name,
    inputs.wanted.map((set) => [set.type, written(set)]),
    inputs.previous.map((set) => [set.type, writtenKept(set)]),
    inputs.back.map((set) => [set.type, writtenKept(set)]),
    inputs.shared,
    inputs.waitSeconds,
  ]);

const provider = {
  async create(inputs: Inputs) {
    const theirs = inputs.shared && (await isTheirs(inputs));
    if (!theirs) {
      await change(inputs, (found) => changesTo(inputs, null, found));
    }
    return { id: `hosted-sets-${inputs.zoneId}-${inputs.name}`, outs: { ...inputs, theirs, drift: [] } };
  },
  async read(id: string, state: State) {
    const found = await setsAt(state);
    const drift: string[] = [];
    for (const wanted of state.theirs ? [] : state.wanted) {
      const there = found.filter((set) => set.Type === wanted.type)[0];
      const now = there ? writtenFound(there) : 'gone';
      if (now !== written(wanted)) {
        drift.push(`${wanted.type} ${now}`);
      }
    }
    return { id, props: { ...state, drift } };
  },
  async diff(_id: string, olds: State, news: Inputs) {
    const moved = olds.zoneId !== news.zoneId || olds.name !== news.name;
    const changes = moved || (olds.drift || []).length > 0 || canonical(olds) !== canonical(news);
    return { changes, replaces: moved ? ['name'] : [] };
  },
  async update(_id: string, olds: State, news: Inputs) {
    if (!olds.theirs) {
      await change(news, (found) => changesTo(news, olds, found));
    }
    return { outs: { ...news, theirs: olds.theirs === true, drift: [] } };
  },
  async delete(_id: string, state: State) {
    if (state.theirs) {
      return;
    }
    await change(state, (found) => changesBack(state, found));
    // A change made by an earlier try may be as fresh as one made now: the whole time from here.
    const seconds = Number(process.env.REACH4_SETTLE_SECONDS || state.waitSeconds);
    for (let left = state.waitSeconds > 0 ? seconds : 0; left > 0; left -= 10) {
      console.log(`Waiting ${left} s until no cache leads ${state.name} there any more.`);
      await new Promise((resolve) => setTimeout(resolve, Math.min(10, left) * 1000));
    }
  },
};

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
