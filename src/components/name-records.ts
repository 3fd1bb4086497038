import * as pulumi from '@pulumi/pulumi';
import { NAME_TYPES, type NameRecordsArgs, type WantedRecord } from '../model/name-records.ts';
import { type Found, type NameState, type NameWork, nameWork, type Work } from './name-records/work.ts';
import { NAME_BACK, NAME_RECORDS, NAME_RECORDS_RESOURCE } from './type-names.ts';

// Frozen into the state of every stack: the rules at the head of `previous-records.ts` hold. All that changes at the name
// changes in one request, for Cloudflare one transaction (deletes, patches, posts): never is the name without addresses.

interface Answer {
  status: number;
  result: unknown;
  said: string;
  /** ms to wait where the trouble may pass; else 0. */
  wait: number;
}

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
}

/** One call of Cloudflare's API, once. */
async function call(method: string, path: string, body?: object): Promise<Answer> {
  const token = process.env.CLOUDFLARE_API_TOKEN;
  if (!token) {
    throw refusal('CLOUDFLARE_API_TOKEN is not set; it is needed for the DNS records of the name.');
  }
  const base = process.env.CLOUDFLARE_BASE_URL || 'https://api.cloudflare.com/client/v4';
  let status = 0;
  let result: unknown = null;
  let said = '';
  let seconds = 0;
  try {
    const response = await fetch(base.replace(/\/+$/, '') + path, {
      method: method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(15000),
    });
    status = response.status;
    seconds = Number(response.headers.get('retry-after'));
    const text = await response.text();
    said = `status ${status}`;
    const parsed: { result?: unknown; errors?: { message?: string }[] } = JSON.parse(text) || {};
    result = parsed.result;
    said =
      (parsed.errors || [])
        .map((error) => String(error.message))
        .join('; ')
        .slice(0, 300) || said;
  } catch (error) {
    said = said || String(error);
    // An answer that breaks off says nothing of what was done.
    status = status < 300 ? 0 : status;
  }
  // 404 and 409: somebody else was at the same records at the same moment.
  const passing = status === 0 || status === 404 || status === 409 || status === 429 || status >= 500;
  const pause = seconds > 0 ? Math.min(seconds, 60) * 1000 : 0;
  return { status: status, result: result, said: said, wait: passing ? pause || 1000 : 0 };
}

/** The A, AAAA and CNAME records of the name. */
async function there(zoneId: string, name: string): Promise<Found[]> {
  const found: Found[] = [];
  let attempt = 1;
  for (let page = 1; ; ) {
    const query = `?name.exact=${encodeURIComponent(name)}&per_page=100&page=${page}`;
    const answer = await call('GET', `/zones/${zoneId}/dns_records${query}`);
    if (answer.status >= 200 && answer.status < 300 && Array.isArray(answer.result)) {
      for (const one of answer.result) {
        if (one.name === name && ['A', 'AAAA', 'CNAME'].indexOf(one.type) !== -1) {
          found.push({
            id: one.id,
            type: one.type,
            content: one.content,
            ttl: one.ttl,
            proxied: one.proxied === true,
            comment: one.comment || null,
            tags: one.tags || [],
          });
        }
      }
      if (answer.result.length < 100) {
        return found;
      }
      page += 1;
    } else {
      if (answer.wait === 0 || answer.status === 404 || attempt === 5) {
        throw refusal(`The DNS records of ${name} can't be read: ${answer.said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, answer.wait * attempt));
      attempt += 1;
    }
  }
}

/** Whether a connector is connected, at the moment before the name is led there: one seen earlier may be gone. */
async function isConnected(tunnel: NonNullable<NameState['tunnel']>): Promise<boolean | string> {
  const path = `/accounts/${tunnel.accountId}/cfd_tunnel/${tunnel.tunnelId}/connections`;
  const answer = await call('GET', path);
  if (answer.status < 200 || answer.status >= 300 || !Array.isArray(answer.result)) {
    return `the connections of its tunnel can't be read: ${answer.said}`;
  }
  const all = answer.result as { conns?: { is_pending_reconnect?: boolean }[] }[];
  return all.some((one) => (one.conns || []).some((each) => !each.is_pending_reconnect));
}

/** Reads, works out what is to be done and does it; where an answer gets lost, from the start: it may have been done. */
async function settle(state: NameState, plan: (now: Found[]) => Work): Promise<string[]> {
  for (let attempt = 1; ; attempt += 1) {
    const work = plan(await there(state.zoneId, state.name));
    const body = { deletes: work.deletes, patches: work.patches, posts: work.posts };
    if (body.deletes.length + body.patches.length + body.posts.length === 0) {
      return work.made;
    }
    const leads = state.tunnel && body.posts.some((post) => (post as { type?: string }).type === 'CNAME');
    const connected = leads && state.tunnel ? await isConnected(state.tunnel) : true;
    if (connected === false) {
      throw refusal(
        `No cloudflared is connected to the tunnel any more, so ${state.name} stays where it leads; start it on the server (reach4 connector status says how it is), and run this again.`,
      );
    }
    const answer: Answer =
      connected === true
        ? await call('POST', `/zones/${state.zoneId}/dns_records/batch`, body)
        : { status: 0, result: null, said: connected, wait: 1000 };
    if (answer.status >= 200 && answer.status < 300) {
      const posted = ((answer.result || {}) as { posts?: { id: string }[] }).posts || [];
      if (posted.length === work.posts.length) {
        return work.made.concat(posted.slice(work.restored).map((record) => record.id));
      }
    }
    if ((answer.status >= 300 && answer.wait === 0) || attempt === 5) {
      throw refusal(`The DNS records of ${state.name} could not be changed: ${answer.said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, answer.wait * attempt));
  }
}

/** The life of a name's records, frozen together with what is worked out in `name-records/work.ts`. */
const lifecycle = ({ canonical, forward, onward, backward, seen }: NameWork) => ({
  async create(inputs: NameState) {
    if (inputs.hold === true) {
      return { id: `${inputs.zoneId}/${inputs.name}`, outs: { ...inputs, made: [] } };
    }
    const made = await settle(inputs, (now) => forward(inputs, [], [], now));
    return { id: `${inputs.zoneId}/${inputs.name}`, outs: { ...inputs, made: made } };
  },
  async diff(_id: string, olds: NameState, news: NameState) {
    const differing = (['zoneId', 'name', 'types', 'records', 'previous', 'back'] as const).filter(
      (key) => canonical(olds[key]) !== canonical(news[key]),
    );
    const replaces = differing.filter((key) => key === 'zoneId' || key === 'name');
    const waits = news.hold === true && replaces.length === 0;
    const isReleased = canonical(olds.hold || false) !== canonical(news.hold || false);
    return { changes: !waits && (isReleased || differing.length > 0), replaces: replaces };
  },
  /** What the stack holds already, it may change whatever that has become. */
  async update(_id: string, olds: NameState, news: NameState) {
    // What only waited until now holds nothing.
    const before = olds.hold === true ? { ...olds, previous: [], back: [], made: [] } : olds;
    const made = await settle(news, (now) => onward(before, news, now));
    return { outs: { ...news, made: made } };
  },
  /** So that a refresh shows what somebody has changed, and the next `up` puts it right. */
  async read(id: string, state: NameState) {
    if (state.hold === true) {
      return { id: id, props: state };
    }
    const now = await there(state.zoneId, state.name);
    return { id: id, props: { ...state, records: seen(state, now) } };
  },
  async delete(_id: string, state: NameState) {
    if (state.hold === true) {
      return;
    }
    await settle(state, (now) => backward(state, now));
  },
});

export interface NameRecordsInputs extends Omit<NameRecordsArgs, 'records' | 'types'> {
  /** The types that are the stack's; all that are not given here stay as they are. All three if not given. */
  readonly types?: NameRecordsArgs['types'];
  /** A tunnel's host name is known only when the tunnel is there. */
  readonly records: readonly (Omit<WantedRecord, 'content'> & {
    readonly content: pulumi.Input<string> | null;
  })[];
  /** Not yet: the name stays as it is, whatever that is, until what it is to lead to is there. */
  readonly hold?: pulumi.Input<boolean>;
  /** The tunnel that a CNAME leads to: the name is led there only while a connector is connected. */
  readonly tunnel?: { readonly accountId: string; readonly tunnelId: pulumi.Input<string> };
}

/** The life of what only puts back: it does nothing before the end, and nothing then where nothing was left undone. */
const lastly = ({ canonical, rescue }: NameWork) => ({
  async create(inputs: NameState) {
    return { id: `back-${inputs.zoneId}/${inputs.name}`, outs: inputs };
  },
  async diff(_id: string, olds: NameState, news: NameState) {
    const differing = (['zoneId', 'name', 'types', 'records', 'previous', 'back'] as const).filter(
      (key) => canonical(olds[key]) !== canonical(news[key]),
    );
    return {
      changes: differing.length > 0,
      replaces: differing.filter((key) => key === 'zoneId' || key === 'name'),
    };
  },
  async update(_id: string, _olds: NameState, news: NameState) {
    return { outs: news };
  },
  async delete(_id: string, state: NameState) {
    await settle(state, (now) => rescue(state, now));
  },
});

/**
 * Puts the name's records back where what owns them was never recorded: Pulumi forgets what was made by a process that
 * was killed before it could say so. What owns them depends on it, so that it comes last.
 */
class NameBack extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: object, options?: pulumi.CustomResourceOptions) {
    const provider = lastly(nameWork);
    super(provider, name, inputs, options, NAME_BACK.module, NAME_BACK.name);
  }
}

/**
 * All A, AAAA and CNAME records of one name at Cloudflare. Changes them in one request, holds those that were there
 * before, and puts them back when the stack goes, also with the literal `pulumi destroy`. Needs CLOUDFLARE_API_TOKEN in
 * the environment of `pulumi`; the token is never stored.
 */
export class NameRecords extends pulumi.dynamic.Resource {
  /** @param resource its name in the program, where it is not the stack's first */
  constructor(
    args: NameRecordsInputs,
    options?: pulumi.CustomResourceOptions,
    resource: string = NAME_RECORDS_RESOURCE,
  ) {
    const { zoneId, name, records, previous, back, hold = false } = args;
    const inputs = { zoneId, name, types: args.types ?? [...NAME_TYPES], records, previous, back, hold };
    const { hold: _, ...wanted } = inputs;
    const led = args.tunnel === undefined ? inputs : { ...inputs, tunnel: args.tunnel };
    const { dependsOn } = options ?? {};
    const last = new NameBack(`${resource}-back`, wanted, dependsOn === undefined ? {} : { dependsOn });
    const provider = lifecycle(nameWork);
    super(provider, resource, led, { ...options, dependsOn: last }, NAME_RECORDS.module, NAME_RECORDS.name);
  }
}
