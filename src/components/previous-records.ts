import * as pulumi from '@pulumi/pulumi';
import type { SetAside, TakenRecord, ZoneRecord } from '../model/zone-records.ts';
import { PREVIOUS_RECORDS } from './type-names.ts';

// The provider below is frozen, as text, into the state of every stack; that text is what runs at `pulumi destroy`,
// maybe years later and on another Node. So: nothing from outside this file, no module, only globals of Node 18 and
// later, and syntax that Pulumi's own parser (TypeScript 3.8) knows. `diff` and `update` must stay: without them a
// changed text makes the resource forget its data (facts/pulumi.md).

export interface PreviousRecordsArgs {
  readonly zoneId: string;
  /** What comes back when the stack goes. */
  readonly previous: readonly ZoneRecord[];
  /** What is taken out of the zone while the stack stands. */
  readonly setAside: readonly SetAside[];
  /** What is taken over and changed: only while it is what it was when it was planned. */
  readonly taken?: readonly TakenRecord[];
}

interface State {
  zoneId: string;
  previous: ZoneRecord[];
  setAside: SetAside[];
  taken?: TakenRecord[];
}

interface Answer {
  status: number;
  result: unknown;
  said: string;
}

/** One call of Cloudflare's API; tries up to five times where the trouble may pass (429, 5xx, no connection). */
async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const token = process.env.CLOUDFLARE_API_TOKEN;
  if (!token) {
    throw new Error(
      'CLOUDFLARE_API_TOKEN is not set; it is needed for the DNS records that were there before.',
    );
  }
  const base = (process.env.CLOUDFLARE_BASE_URL || 'https://api.cloudflare.com/client/v4').replace(
    /\/+$/,
    '',
  );
  for (let attempt = 1; ; attempt += 1) {
    let failure = '';
    let wait = 500 * 2 ** attempt;
    try {
      const response = await fetch(base + path, {
        method: method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(15000),
      });
      const text = await response.text();
      if (response.status !== 429 && response.status < 500) {
        let parsed: { result?: unknown; errors?: { message?: string }[] } = {};
        try {
          parsed = JSON.parse(text) || {};
        } catch (_) {
          // Not JSON: the status says enough.
        }
        const said = (parsed.errors || []).map((error) => String(error.message)).join('; ');
        return { status: response.status, result: parsed.result, said: said.slice(0, 300) };
      }
      failure = `status ${response.status}`;
      const seconds = Number(response.headers.get('retry-after'));
      if (seconds > 0) {
        wait = Math.min(seconds, 60) * 1000;
      }
    } catch (error) {
      failure = String(error);
    }
    if (attempt === 5) {
      throw new Error(`Cloudflare's API does not work for ${method} ${path}: ${failure}`);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** A value as text that doesn't depend on the order of keys, which the engine changes. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonical(item)).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const record = value as { [key: string]: unknown };
    const keys = Object.keys(record).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`).join(',')}}`;
  }
  return JSON.stringify(value === undefined ? null : value);
}

/** An id alone is nobody's word for whose record it is. */
function isOf(now: Answer, record: { type: string; name: string }): boolean {
  const found = now.result as ZoneRecord;
  return now.status === 200 && found.type === record.type && found.name === record.name;
}

function notOf(record: { type: string; name: string }, id: string, now: Answer): Error {
  const found = now.result as ZoneRecord;
  return new Error(
    `The record ${id} is ${found.name} ${found.type}, not ${record.name} ${record.type} as the plan says; plan again.`,
  );
}

/** Makes sure that a record which is about to be taken over is what it was when it was planned, or ours already. */
async function unchanged(zoneId: string, taken: TakenRecord): Promise<void> {
  const label = `${taken.name} ${taken.type}`;
  const now = await call('GET', `/zones/${zoneId}/dns_records/${taken.recordId}`);
  if (now.status !== 200 && now.status !== 404) {
    throw new Error(`${label} can't be looked up before it is changed: ${now.said || now.status}`);
  }
  if (now.status === 200 && !isOf(now, taken)) {
    throw notOf(taken, taken.recordId, now);
  }
  const content = now.status === 404 ? 'gone' : (now.result as ZoneRecord).content;
  if (taken.from !== null && content !== taken.from && content !== taken.to) {
    throw new Error(`${label} was ${taken.from} when it was planned and is ${content} now; plan again.`);
  }
}

/** Takes a record out of the zone, unless it is gone already. */
async function setAside(zoneId: string, record: SetAside): Promise<void> {
  const path = `/zones/${zoneId}/dns_records/${record.recordId}`;
  const now = await call('GET', path);
  if (now.status === 404) {
    return;
  }
  if (now.status === 200 && !isOf(now, record)) {
    throw notOf(record, record.recordId, now);
  }
  const content = now.status === 200 ? (now.result as ZoneRecord).content : record.content;
  if (content !== record.content) {
    throw new Error(
      `${record.name} ${record.type} was ${record.content} when it was planned and is ${content} now; plan again.`,
    );
  }
  const gone = await call('DELETE', path);
  if (gone.status >= 300 && gone.status !== 404) {
    throw new Error(`${record.name} ${record.type} ${record.content} could not be taken out: ${gone.said}`);
  }
}

/** Puts a record back: in place where it still is, else anew. Does nothing where it is there as it was. */
async function restore(zoneId: string, record: ZoneRecord): Promise<void> {
  const all = `/zones/${zoneId}/dns_records`;
  const wanted = {
    type: record.type,
    name: record.name,
    content: record.content,
    ttl: record.ttl,
    proxied: record.proxied,
    comment: record.comment,
    tags: record.tags,
    settings: record.settings,
  };
  const filter = `?type=${record.type}&name.exact=${encodeURIComponent(record.name)}&per_page=100`;
  const identical = async (): Promise<boolean> => {
    const list = await call('GET', all + filter);
    const records = Array.isArray(list.result) ? (list.result as ZoneRecord[]) : [];
    return records.some((other) => other.id !== record.id && other.content === record.content);
  };
  const label = `${record.name} ${record.type} ${record.content}`;

  const now = await call('GET', `${all}/${record.id}`);
  if (isOf(now, record)) {
    const put = await call('PUT', `${all}/${record.id}`, wanted);
    if (put.status < 300) {
      return;
    }
    if (put.status !== 404) {
      // Somebody has made the old record anew already: then only ours is too many.
      if (!(await identical())) {
        throw new Error(`${label} could not be put back: ${put.said || put.status}`);
      }
      await call('DELETE', `${all}/${record.id}`);
      return;
    }
  } else if (now.status !== 404 && now.status !== 200) {
    throw new Error(`${label} could not be put back: ${now.said || now.status}`);
  }
  if (await identical()) {
    return;
  }
  const post = await call('POST', all, wanted);
  // An answer may get lost and the request be repeated: what counts is that the record is there.
  if (post.status >= 300 && !(await identical())) {
    throw new Error(`${label} could not be put back: ${post.said || post.status}`);
  }
}

const provider = {
  /** Runs before anything is made or changed, in a preview too. What was looked at once may be ours by now. */
  async check(olds: Partial<State>, news: State) {
    const looked = (olds?.taken || []).map((record) => record.recordId);
    for (const record of news.taken || []) {
      if (looked.indexOf(record.recordId) === -1) {
        await unchanged(news.zoneId, record);
      }
    }
    return { inputs: news };
  },
  async create(inputs: State) {
    for (const record of inputs.setAside) {
      await setAside(inputs.zoneId, record);
    }
    return { id: `previous-records-${inputs.zoneId}`, outs: inputs };
  },
  async diff(_id: string, olds: State, news: State) {
    const differs = (key: 'zoneId' | 'previous' | 'setAside'): boolean =>
      canonical(olds[key]) !== canonical(news[key]);
    const taken = canonical(olds.taken || []) !== canonical(news.taken || []);
    return {
      changes: differs('zoneId') || differs('previous') || differs('setAside') || taken,
      replaces: differs('zoneId') ? ['zoneId'] : [],
    };
  },
  async update(_id: string, olds: State, news: State) {
    const done = (olds.setAside || []).map((record) => record.recordId);
    for (const record of news.setAside) {
      if (done.indexOf(record.recordId) === -1) {
        await setAside(news.zoneId, record);
      }
    }
    return { outs: news };
  },
  async delete(_id: string, state: State) {
    for (const record of state.previous) {
      await restore(state.zoneId, record);
    }
  },
};

/**
 * Holds the DNS records that a stack replaces, and puts them back when the stack goes, also with the literal
 * `pulumi destroy`. The stack's own records must depend on it, so that they are gone by then. Needs
 * CLOUDFLARE_API_TOKEN in the environment of `pulumi`; the token is never stored.
 */
export class PreviousRecords extends pulumi.dynamic.Resource {
  constructor(name: string, args: PreviousRecordsArgs, options?: pulumi.CustomResourceOptions) {
    const { zoneId, previous, setAside: out, taken } = args;
    super(
      provider,
      name,
      { zoneId, previous, setAside: out, ...(taken === undefined ? {} : { taken }) },
      options,
      PREVIOUS_RECORDS.module,
      PREVIOUS_RECORDS.name,
    );
  }
}
