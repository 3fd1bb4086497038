import type { WantedRecord } from '../../model/name-records.ts';
import type { ZoneRecord } from '../../model/zone-records.ts';

// Frozen into the state of every stack, together with what uses it: the rules at the head of `previous-records.ts` hold
// here too. Nothing here asks anybody: what is to be done at a name, from what is there now.

export interface NameState {
  zoneId: string;
  name: string;
  /** The types that are the stack's; records of others are nobody's business here. */
  types: string[];
  records: WantedRecord[];
  previous: ZoneRecord[];
  back: ZoneRecord[];
  /** Nothing is done yet, and what is at the name is nobody's business. */
  hold?: boolean;
  /** The tunnel that the name is to lead to. */
  tunnel?: { accountId: string; tunnelId: string };
  /** Ids of the records that the stack has made. */
  made?: string[];
}

type Fields = Omit<WantedRecord, 'recordId'>;

export interface Found extends Fields {
  id: string;
  content: string;
}

/** One request: what it takes out, changes and makes; and which of the records that are there already are the stack's. */
export interface Work {
  deletes: { id: string }[];
  patches: object[];
  posts: object[];
  /** How many of the first posts put back what was there before; the others are the stack's. */
  restored: number;
  made: string[];
}

const nothing = (): Work => ({ deletes: [], patches: [], posts: [], restored: 0, made: [] });

/** A sentence for the user. Without a stack, which Pulumi would print below it. */
function refusal(sentence: string): Error {
  const error = new Error(sentence);
  error.stack = '';
  return error;
}

/** A value as text that doesn't depend on the order of keys, nor on whether nothing is written down: the engine changes both. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonical(item)).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const record = value as { [key: string]: unknown };
    const keys = Object.keys(record).filter((key) => record[key] !== null && record[key] !== undefined);
    return `{${keys
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`)
      .join(',')}}`;
  }
  return JSON.stringify(value === undefined ? null : value);
}

/** What is set of a record. Its content isn't where something else keeps it. */
function fields(record: Fields): Partial<Fields> {
  const { type, content, ttl, proxied, comment, tags } = record;
  // What the engine drops is nothing, too.
  const rest = { type: type, ttl: ttl, proxied: proxied, comment: comment || null, tags: tags || [] };
  return content === null || content === undefined ? rest : Object.assign({ content: content }, rest);
}

function isAs(found: Found, record: Fields): boolean {
  const wanted = fields(record);
  return (
    canonical(wanted) === canonical(fields({ ...found, content: wanted.content ? found.content : null }))
  );
}

/**
 * Which record of the name becomes which of the wanted ones. First come those that are it, then those that equal it, then
 * those that the stack made; last, where the content isn't ours, one that its keeper made anew.
 */
function matches(records: WantedRecord[], now: Found[], made: string[]): (Found | undefined)[] {
  const free = now.slice();
  const ids = records.map((wanted) => wanted.recordId);
  const rules = [
    (one: Found, wanted: WantedRecord) => one.id === wanted.recordId,
    (one: Found, wanted: WantedRecord) => one.content === wanted.content && ids.indexOf(one.id) === -1,
    (one: Found) => made.indexOf(one.id) !== -1,
    (_one: Found, wanted: WantedRecord) => !wanted.content,
  ];
  const found: (Found | undefined)[] = records.map(() => undefined);
  for (const rule of rules) {
    records.forEach((wanted, index) => {
      const one =
        found[index] || free.filter((record) => record.type === wanted.type && rule(record, wanted))[0];
      found[index] = one;
      if (one && free.indexOf(one) !== -1) {
        free.splice(free.indexOf(one), 1);
      }
    });
  }
  return found;
}

/** The records whose types are the stack's. */
function concerned(state: NameState, all: Found[]): Found[] {
  return all.filter((record) => state.types.indexOf(record.type) !== -1);
}

/** @param held what the stack holds already: it may change those whatever they have become */
function forward(state: NameState, held: string[], made: string[], all: Found[]): Work {
  const now = concerned(state, all);
  const work = nothing();
  const changed: Found[] = [];
  const left: string[] = [];
  const found = matches(state.records, now, made);
  state.records.forEach((wanted, index) => {
    const one = found[index];
    const before = state.previous.filter((record) => record.id === wanted.recordId)[0];
    if (one) {
      if (!isAs(one, wanted)) {
        changed.push(one);
        work.patches.push({ id: one.id, name: state.name, ...fields(wanted) });
      }
      if (!wanted.content) {
        left.push(one.id);
      } else if (one.id !== wanted.recordId) {
        work.made.push(one.id);
      }
    } else if (before && held.indexOf(before.id) === -1) {
      const { type, content } = before;
      throw refusal(`${state.name} ${type} was ${content} when it was planned and is gone now; plan again.`);
    } else {
      const content = wanted.content || before?.content;
      work.posts.push({ name: state.name, ...fields(wanted), content: content });
    }
  });
  for (const record of now.filter((other) => found.indexOf(other) === -1)) {
    changed.push(record);
    work.deletes.push({ id: record.id });
  }
  const own = state.records
    .map((wanted) => wanted.comment)
    .filter((comment) => /^reach4 stack /.test(comment || ''));
  for (const record of changed) {
    // After a stack has gone, what was there before may be back under another id.
    const isBack = (before: ZoneRecord) =>
      before.type === record.type &&
      before.content === record.content &&
      !now.some((other) => other.id === before.id);
    const planned =
      state.previous.filter((before) => before.id === record.id)[0] || state.previous.filter(isBack)[0];
    // One that leads where ours is to lead is ours: who else would have made it.
    const wanted = state.records[found.indexOf(record)];
    const known = [planned?.content, wanted?.content].indexOf(record.content) !== -1;
    const ours = held.indexOf(record.id) !== -1 || own.indexOf(record.comment) !== -1;
    if (!ours && !known && left.indexOf(record.id) === -1) {
      throw refusal(
        planned
          ? `${state.name} ${record.type} was ${planned.content} when it was planned and is ${record.content} now; plan again.`
          : `${state.name} ${record.type} ${record.content} was not there when it was planned; plan again.`,
      );
    }
  }
  return work;
}

/** Puts back what was there before, in place where it is, and takes out what the stack made, also what only its comment tells. */
function backward(state: NameState, all: Found[]): Work {
  const now = concerned(state, all);
  const work = nothing();
  const made = state.made || [];
  const ids = state.back.map((before) => before.id);
  let free = now;
  for (const before of state.back) {
    const kept = state.records.some((wanted) => wanted.recordId === before.id && !wanted.content);
    const itself = free.filter((record) => record.id === before.id)[0];
    const others = free.filter((record) => record.type === before.type && ids.indexOf(record.id) === -1);
    // Its keeper may have made it anew; so may somebody else, and then only ours is too many.
    const twin = others.filter((record) => (kept ? !itself : record.content === before.content))[0];
    const stays = twin || itself;
    const wanted = kept ? { ...before, content: null } : before;
    free = free.filter((record) => record !== itself && record !== twin);
    if (itself && twin) {
      work.deletes.push({ id: itself.id });
    }
    if (!stays) {
      const { settings } = before;
      work.posts.push({ name: state.name, ...fields(before), settings: settings || {} });
    } else if ((stays === itself || kept || made.indexOf(stays.id) !== -1) && !isAs(stays, wanted)) {
      work.patches.push({ id: stays.id, name: state.name, ...fields(wanted) });
    }
  }
  // One that was there before and does not come back is out already, or was made anew by somebody.
  const ours = free.filter((one) => made.indexOf(one.id) !== -1 || /^reach4 stack /.test(one.comment || ''));
  work.deletes.push(...ours.map((one) => ({ id: one.id })));
  return work;
}

/** What is at the name only because an `up` has done what it never recorded is put back as `backward` does; else nothing. */
function rescue(state: NameState, all: Found[]): Work {
  const found = matches(state.records, concerned(state, all), []);
  const ours = found.filter(
    (one, index) => one && isAs(one, state.records[index] as WantedRecord),
  ) as Found[];
  return ours.length === 0
    ? { deletes: [], patches: [], posts: [], restored: 0, made: [] }
    : backward({ ...state, made: ours.map((one) => one.id) }, all);
}

/** From one plan to the next: what is no longer the stack's business is put back, the rest becomes as the next one says. */
function onward(olds: NameState, news: NameState, all: Found[]): Work {
  const before = olds.made || [];
  const held = before.concat(olds.previous.map((record) => record.id));
  const work = forward(news, held, before, all);
  const left = olds.types.filter((type) => news.types.indexOf(type) === -1);
  const back = olds.back.filter((record) => left.indexOf(record.type) !== -1);
  const undone = backward({ ...olds, types: left, back: back }, all);
  return {
    deletes: undone.deletes.concat(work.deletes),
    patches: undone.patches.concat(work.patches),
    posts: undone.posts.concat(work.posts),
    restored: undone.posts.length,
    made: work.made,
  };
}

/** What the name holds now, in the form of what it is to hold: the same where nothing differs. */
function seen(state: NameState, all: Found[]): object[] {
  const now = concerned(state, all);
  const found = matches(state.records, now, state.made || []);
  const records: object[] = [];
  state.records.forEach((wanted, index) => {
    const one = found[index];
    if (one) {
      const content = wanted.content ? one.content : null;
      const { recordId } = wanted;
      records.push(isAs(one, wanted) ? wanted : { ...fields({ ...one, content }), content, recordId });
    }
  });
  for (const record of now.filter((other) => found.indexOf(other) === -1)) {
    records.push({ ...fields(record), recordId: record.id });
  }
  return records;
}

export const nameWork = { canonical, forward, onward, backward, rescue, seen };
export type NameWork = typeof nameWork;
