import type { Evidence, Vantage } from '../evidence.ts';
import { seen } from '../evidence.ts';
import type { Note, Witness } from '../note.ts';
import { COMPARED, type Compared, reachKey, type Says, traceKey } from './agreement/aspects.ts';
import { gotIn, keepsOut } from './agreement/outdated.ts';
import { contradictedBy } from './agreement/way-in.ts';
import { observerOf } from './at-home.ts';
import type { Case } from './case.ts';
import { TOGETHER_MS } from './together.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A line gets a new address, and a machine its updates, within a day: what is older may be otherwise by now. */
const OLD_MS = 24 * HOUR_MS;

/** How far the evidence of several observers agrees. */
export interface Agreement {
  readonly notes: readonly Note[];
  /** Ids of what newer evidence of the same thing contradicts. */
  readonly replaced: ReadonlySet<string>;
  /** Ids of what nothing may be concluded from with certainty: it is contradicted, or old beside the rest. */
  readonly doubtful: ReadonlySet<string>;
}

/** One observer: a machine at one time. */
interface Observer extends Witness {
  readonly place: Vantage;
  readonly time: number;
  readonly ahead: boolean;
  readonly case: Case;
}

interface Marks {
  readonly notes: Note[];
  readonly replaced: Set<string>;
  readonly doubtful: Set<string>;
}

/** @param now when it is judged */
export function agreementOf(the: Case, now: Date): Agreement {
  const all = observersOf(the, now);
  const marks: Marks = { notes: [], replaced: new Set(), doubtful: new Set() };
  age(all, now, marks);
  const strangers = differentMachines(all, marks);
  for (const compared of COMPARED) {
    for (const group of groups(compared, all)) compare(the, compared, group, strangers, marks);
  }
  outdatedLooks(the, all, marks);
  otherWaysIn(the, all, marks);
  return marks;
}

function observersOf(the: Case, now: Date): Observer[] {
  const byLabel = new Map<string, Evidence[]>();
  for (const item of the.evidence.filter(({ probe }) => probe !== 'vantage')) {
    const label = observerOf(item.id);
    const own = byLabel.get(label);
    if (own === undefined) byLabel.set(label, [item]);
    else own.push(item);
  }
  return [...byLabel].map(([observer, evidence]) => {
    // What a person adds to a file when it is judged makes what was seen no newer.
    const looked = evidence.filter(({ probe }) => probe !== 'told');
    const times = (looked.length > 0 ? looked : evidence).map(({ at }) => Date.parse(at));
    const time = Math.max(...times);
    return {
      observer,
      at: new Date(time).toISOString(),
      time,
      ahead: time > now.getTime() + TOGETHER_MS,
      place: evidence[0]?.vantage ?? 'unknown',
      case: { ...the, evidence },
    };
  });
}

const witness = ({ observer, at }: Observer): Witness => ({ observer, at });

function age(all: readonly Observer[], now: Date, { notes, doubtful }: Marks): void {
  const newest = Math.max(...all.filter(({ ahead }) => !ahead).map(({ time }) => time));
  for (const each of all) {
    if (each.ahead) {
      const minutes = Math.round((each.time - now.getTime()) / MINUTE_MS);
      notes.push({ code: 'clock-ahead', args: { ...witness(each), minutes } });
      continue;
    }
    const old = Math.max(now.getTime(), newest) - each.time;
    if (old > OLD_MS) {
      notes.push({ code: 'old', args: { ...witness(each), hours: Math.floor(old / HOUR_MS) } });
    }
    // All of one age fits together, however old it is; old beside new may be of another time.
    if (newest - each.time > OLD_MS) for (const { id } of each.case.evidence) doubtful.add(id);
  }
}

const allAddresses = ({ case: { evidence } }: Observer): string[] =>
  seen(evidence, 'addresses')
    .flatMap(({ facts }) => facts.addresses)
    .filter(({ scope }) => scope !== 'loopback')
    .map(({ address }) => address);

/** Observers on a server that have no address in common, link-local ones included, within a day: there are two servers. */
function differentMachines(all: readonly Observer[], { notes, doubtful }: Marks): ReadonlySet<Observer> {
  const servers = all.filter((each) => each.place === 'server' && allAddresses(each).length > 0);
  const strangers = new Set<Observer>();
  for (const [index, one] of servers.entries()) {
    const own = new Set(allAddresses(one));
    for (const other of servers.slice(index + 1)) {
      const isOther = allAddresses(other).every((address) => !own.has(address));
      if (!isOther || Math.abs(one.time - other.time) > OLD_MS) continue;
      notes.push({ code: 'different-machines', args: { witnesses: [witness(one), witness(other)] } });
      for (const each of [one, other]) strangers.add(each);
    }
  }
  for (const each of strangers) for (const { id } of each.case.evidence) doubtful.add(id);
  return strangers;
}

/** The service was reached from outside, and later the server was seen to keep IPv4 out: that look tells of another time. */
function outdatedLooks(the: Case, all: readonly Observer[], { notes, doubtful }: Marks): void {
  const servers = all.filter(({ place, ahead }) => place === 'server' && !ahead);
  for (const server of servers) {
    const reasons = keepsOut(server.case);
    if (reasons.length === 0) continue;
    for (const look of all.filter(({ time }) => server.time - time > TOGETHER_MS)) {
      const reached = gotIn(look.case, the);
      if (reached.length === 0) continue;
      for (const id of [...reasons, ...reached]) doubtful.add(id);
      notes.push({
        code: 'contradictory',
        args: { aspect: 'reach', witnesses: [witness(look), witness(server)] },
      });
    }
  }
}

/**
 * Somebody got the service at the time at which the server was seen to keep him out. That he got it stands: he may have come
 * by another way. What the server's evidence says by itself doesn't.
 */
function otherWaysIn(the: Case, all: readonly Observer[], { notes, doubtful }: Marks): void {
  for (const server of all.filter(({ place }) => place === 'server')) {
    for (const look of all.filter(({ time }) => Math.abs(server.time - time) <= TOGETHER_MS)) {
      const contradicted = contradictedBy(look.case, server.case, the);
      if (contradicted.length === 0) continue;
      for (const id of contradicted) doubtful.add(id);
      notes.push({
        code: 'contradictory',
        args: { aspect: 'way-in', witnesses: [witness(look), witness(server)] },
      });
    }
  }
}

/** Observers that can contradict one another. */
function groups({ places }: Compared, all: readonly Observer[]): Observer[][] {
  return places.map((together) => all.filter(({ place }) => together.includes(place)));
}

function compare(
  the: Case,
  compared: Compared,
  group: readonly Observer[],
  strangers: ReadonlySet<Observer>,
  marks: Marks,
): void {
  if (group.length < 2) return;
  const said = group
    .map((observer) => ({ observer, says: compared.says(observer.case, the) }))
    .toSorted((one, other) => other.observer.time - one.observer.time);
  for (const [index, newer] of said.entries()) {
    for (const older of said.slice(index + 1)) {
      if (strangers.has(newer.observer) && strangers.has(older.observer)) continue;
      const differing = [...newer.says].flatMap(([key, text]) =>
        older.says.has(key) && older.says.get(key) !== text ? [key] : [],
      );
      if (differing.length > 0) weigh(compared, newer, older, differing, marks);
    }
  }
}

interface Said {
  readonly observer: Observer;
  readonly says: Says;
}

function weigh(compared: Compared, newer: Said, older: Said, keys: readonly string[], marks: Marks): void {
  const { aspect } = compared;
  const [before, after] = [older.observer, newer.observer];
  const gap = after.time - before.time;
  // Places outside differ at any time of the day; only long after is it the time that makes the difference.
  const enough = aspect === 'reach' && after.place === 'outside' ? OLD_MS : TOGETHER_MS;
  const isSamePlace = before.place === after.place || aspect === 'records';
  // A neighbour's own VPN, or another way out, is no news of the server's line.
  if (!isSamePlace && gap <= TOGETHER_MS) return;
  if (isSamePlace && gap > enough && !after.ahead) {
    for (const id of idsOf(compared, before, keys)) marks.replaced.add(id);
    marks.notes.push({ code: 'replaced', args: { aspect, older: witness(before), newer: witness(after) } });
    return;
  }
  if (compared.judgedByCauses === true) return;
  for (const each of [before, after]) for (const id of idsOf(compared, each, keys)) marks.doubtful.add(id);
  if (aspect !== 'reach' || after.place !== 'outside') {
    marks.notes.push({
      code: 'contradictory',
      args: { aspect, witnesses: [witness(before), witness(after)] },
    });
    return;
  }
  for (const key of keys) {
    const [address = '', port = ''] = key.split(' ');
    const works = [newer, older]
      .filter(({ says }) => says.get(key) === 'works')
      .map((each) => witness(each.observer));
    const fails = [newer, older]
      .filter(({ says }) => says.get(key) === 'fails')
      .map((each) => witness(each.observer));
    marks.notes.push({ code: 'vantages-disagree', args: { address, port: Number(port), works, fails } });
  }
}

/** The evidence by which an observer says it: all of its probes, or of reach and trace what is about these keys. */
function idsOf({ probes }: Compared, { case: own }: Observer, keys: readonly string[]): string[] {
  const isMeant = (item: Evidence): boolean => {
    if (!probes.includes(item.probe)) return false;
    if (item.status !== 'ok') return true;
    if (item.probe === 'reach' || item.probe === 'udp-reach') return keys.includes(reachKey(item.facts));
    if (item.probe === 'trace') return keys.includes(traceKey(item.facts));
    return true;
  };
  return own.evidence.filter(isMeant).map(({ id }) => id);
}
