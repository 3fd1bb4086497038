// Frozen into the state of every stack, with `hosted-sets.ts`: the rules at the head of `previous-records.ts` hold here too.

type Kept = { type: string; ttl: number; values: string[] };
type Content = { ttl: number | null; values: string[]; alias: { zoneId: string; name: string } | null };
type Wanted = Content & { type: 'A' | 'AAAA' | 'CNAME' };

export interface Inputs {
  zoneId: string;
  name: string;
  wanted: Wanted[];
  previous: Kept[];
  back: Kept[];
  shared: boolean;
  onlyBack: boolean;
  waitSeconds: number;
}

interface State extends Inputs {
  /** It was there already, and stays. */
  theirs?: boolean;
  /** What a refresh saw in the place of ours, as text. */
  drift?: string[];
}

export type Found = import('@aws-sdk/client-route-53').ResourceRecordSet;
export type Change = import('@aws-sdk/client-route-53').Change;

/** What speaks for Route 53. */
interface Cloud {
  /** The sets of the name that could be ours, or in the way of ours. */
  setsAt(inputs: Inputs): Promise<Found[]>;
  /** Carries all changes out in one request, and resolves once all name servers know of them. */
  send(zoneId: string, changes: Change[]): Promise<void>;
}

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
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
const written = (set: Content): string =>
  set.alias
    ? `an alias of ${bare(set.alias.name)}`
    : `${set.values.map(spelled).sort().join(', ')} (TTL ${set.ttl} s)`;

function writtenFound(set: Found): string {
  const values = (set.ResourceRecords || []).map((record) => String(record.Value));
  const to = set.AliasTarget;
  const alias = to ? { zoneId: String(to.HostedZoneId), name: String(to.DNSName) } : null;
  const plain = written({ ttl: set.TTL === undefined ? null : set.TTL, values, alias });
  return set.SetIdentifier ? `${plain}, with a routing policy` : plain;
}

const writtenKept = (kept: Kept): string => written({ ttl: kept.ttl, values: kept.values, alias: null });

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
    const isOurs = there !== undefined && writtenFound(there) === written(wanted);
    const back = ofType(state.back, wanted.type);
    if (back && (isOurs || !(state.onlyBack || (there && writtenFound(there) === writtenKept(back))))) {
      changes.push({ Action: 'UPSERT', ResourceRecordSet: setOf(state.name, back) });
    } else if (!back && isOurs) {
      changes.push({ Action: 'DELETE', ResourceRecordSet: there });
    }
  }
  return changes;
}

/**
 * Looks, and makes all changes in one request, which Route 53 carries out as a whole or not at all. Where it says that
 * things have changed meanwhile, or an answer was lost and the request came twice: looks again.
 */
const changer =
  ({ setsAt, send }: Cloud) =>
  async (inputs: Inputs, decide: (found: Found[]) => Change[]): Promise<boolean> => {
    for (let attempt = 1; ; attempt += 1) {
      const Changes = decide(await setsAt(inputs));
      if (Changes.length === 0) {
        return false;
      }
      try {
        await send(inputs.zoneId, Changes);
        return true;
      } catch (error) {
        const { name, message } = error as Error;
        if (name !== 'InvalidChangeBatch' || attempt === 3) {
          const types = Changes.map((each) => each.ResourceRecordSet?.Type).join(', ');
          throw refusal(`${inputs.name} ${types} could not be written: ${name}: ${message}`);
        }
      }
    }
  };

/** Another's set of the same content is left to them; the TTL says whether it is ours, made by a try that broke off. */
const isTheirs = (inputs: Inputs, found: Found[]): boolean =>
  inputs.wanted.some((wanted) => {
    const there = found.filter((set) => set.Type === wanted.type && set.TTL !== wanted.ttl)[0];
    return there !== undefined && writtenFound({ ...there, TTL: Number(wanted.ttl) }) === written(wanted);
  });

/** A value as text that doesn't depend on the order of keys, which the engine changes. */
const canonical = (inputs: Inputs): string =>
  JSON.stringify([
    inputs.zoneId,
    inputs.name,
    inputs.wanted.map((set) => [set.type, written(set)]),
    inputs.previous.map((set) => [set.type, writtenKept(set)]),
    inputs.back.map((set) => [set.type, writtenKept(set)]),
    inputs.shared,
    inputs.onlyBack,
    inputs.waitSeconds,
  ]);

/** The life of record sets that a stack owns, at whatever speaks for Route 53. */
export const hostedSetsLife = (cloud: Cloud) => {
  const change = changer(cloud);
  const { setsAt } = cloud;
  return {
    async create(inputs: Inputs) {
      const theirs = inputs.shared && isTheirs(inputs, await setsAt(inputs));
      if (!theirs && !inputs.onlyBack) {
        await change(inputs, (found) => changesTo(inputs, null, found));
      }
      return { id: `hosted-sets-${inputs.zoneId}-${inputs.name}`, outs: { ...inputs, theirs, drift: [] } };
    },
    async read(id: string, state: State) {
      const found = await setsAt(state);
      const drift: string[] = [];
      for (const wanted of state.theirs || state.onlyBack ? [] : state.wanted) {
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
      if (!olds.theirs && !news.onlyBack) {
        await change(news, (found) => changesTo(news, olds, found));
      }
      return { outs: { ...news, theirs: olds.theirs === true, drift: [] } };
    },
    async delete(_id: string, state: State) {
      if (state.theirs) {
        return;
      }
      const changed = await change(state, (found) => changesBack(state, found));
      // A change made by an earlier try may be as fresh as one made now: the whole time from here.
      const waits = state.waitSeconds > 0 && (changed || !state.onlyBack);
      const seconds = Number(process.env.REACH4_SETTLE_SECONDS || state.waitSeconds);
      for (let left = waits ? seconds : 0; left > 0; left -= 10) {
        console.log(`Waiting ${left} s until no cache leads ${state.name} there any more.`);
        await new Promise((resolve) => setTimeout(resolve, Math.min(10, left) * 1000));
      }
    },
  };
};
