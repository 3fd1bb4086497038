import type { SetAside, TakenRecord, ZoneRecord } from '../model/zone-records.ts';

// Frozen into the state of every stack, with `previous-records.ts`: the rules at its head hold here too.

export interface MadeRecord {
  readonly type: string;
  readonly name: string;
  readonly content: string;
  /** Says that it is the stack's. */
  readonly comment: string;
}

interface State {
  zoneId: string;
  previous: ZoneRecord[];
  setAside: SetAside[];
  taken?: TakenRecord[];
  made?: MadeRecord[];
}

export interface Answer {
  status: number;
  result: unknown;
  said: string;
}

/** One call of Cloudflare's API. Throws where it doesn't work at all. */
type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

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
async function unchanged(call: Call, zoneId: string, taken: TakenRecord): Promise<void> {
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
async function setAside(call: Call, zoneId: string, record: SetAside): Promise<void> {
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

/** Takes out what the stack made and its state doesn't know of: what it knows of is gone by now. */
async function unmake(call: Call, state: State, made: MadeRecord): Promise<void> {
  const all = `/zones/${state.zoneId}/dns_records`;
  const list = await call(
    'GET',
    `${all}?type=${made.type}&name.exact=${encodeURIComponent(made.name)}&per_page=100`,
  );
  if (list.status >= 300 || !Array.isArray(list.result)) {
    throw new Error(`The records of ${made.name} can't be read: ${list.said || list.status}`);
  }
  for (const record of list.result as ZoneRecord[]) {
    const isBefore = state.previous.some((before) => before.id === record.id);
    const isMade = record.content === made.content && record.comment === made.comment;
    if (isMade && !isBefore && record.name === made.name && record.type === made.type) {
      const gone = await call('DELETE', `${all}/${record.id}`);
      if (gone.status >= 300 && gone.status !== 404) {
        throw new Error(`${made.name} ${made.type} ${made.content} could not be taken out: ${gone.said}`);
      }
    }
  }
}

/** Puts a record back: in place where it still is, else anew. Does nothing where it is there as it was. */
async function restore(call: Call, zoneId: string, record: ZoneRecord): Promise<void> {
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

/** The life of the holder, at whatever speaks for Cloudflare. */
export const previousRecordsLife = (call: Call) => ({
  /** Runs before anything is made or changed, in a preview too. What was looked at once may be ours by now. */
  async check(olds: Partial<State>, news: State) {
    const looked = (olds?.taken || []).map((record) => record.recordId);
    for (const record of news.taken || []) {
      if (looked.indexOf(record.recordId) === -1) {
        await unchanged(call, news.zoneId, record);
      }
    }
    return { inputs: news };
  },
  /** Only keeps: what comes back has to be in the state before anything is changed, for that may break off. */
  async create(inputs: State) {
    return { id: `previous-records-${inputs.zoneId}`, outs: inputs };
  },
  async diff(_id: string, olds: State, news: State) {
    const differs = (key: 'zoneId' | 'previous' | 'setAside'): boolean =>
      canonical(olds[key]) !== canonical(news[key]);
    const others =
      canonical([olds.taken || [], olds.made || []]) !== canonical([news.taken || [], news.made || []]);
    return {
      changes: differs('zoneId') || differs('previous') || differs('setAside') || others,
      replaces: differs('zoneId') ? ['zoneId'] : [],
    };
  },
  async update(_id: string, _olds: State, news: State) {
    return { outs: news };
  },
  async delete(_id: string, state: State) {
    for (const made of state.made || []) {
      await unmake(call, state, made);
    }
    for (const record of state.previous) {
      await restore(call, state.zoneId, record);
    }
  },
});

export interface SetAsideState {
  readonly zoneId: string;
  readonly setAside: readonly SetAside[];
}

/** The life of what takes records out. At the end it does nothing: the holder, which goes after it, puts them back. */
export const setAsideLife = (call: Call) => ({
  async create(inputs: SetAsideState) {
    for (const record of inputs.setAside) {
      await setAside(call, inputs.zoneId, record);
    }
    return { id: `set-aside-records-${inputs.zoneId}`, outs: inputs };
  },
  async diff(_id: string, olds: SetAsideState, news: SetAsideState) {
    const moved = olds.zoneId !== news.zoneId;
    return {
      changes: moved || canonical(olds.setAside) !== canonical(news.setAside),
      replaces: moved ? ['zoneId'] : [],
    };
  },
  async update(_id: string, olds: SetAsideState, news: SetAsideState) {
    const done = olds.setAside.map((record) => record.recordId);
    for (const record of news.setAside) {
      if (done.indexOf(record.recordId) === -1) {
        await setAside(call, news.zoneId, record);
      }
    }
    return { outs: news };
  },
});
