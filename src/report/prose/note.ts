import type { Aspect, Note, Witness } from '../../model/note.ts';
import { all } from './words.ts';

const ASPECTS: Readonly<Record<Aspect, string>> = {
  addresses: "the server's addresses",
  firewall: "what the server's firewall does",
  forward: "the router's port forward",
  listeners: 'what listens on the server',
  'public-address': 'the public address',
  reach: 'what answers at an address',
  records: 'the DNS records',
  resolvers: 'what resolvers say',
  routes: 'the way of the replies',
  trace: 'the way to an address',
  'wan-address': "the router's address",
  'way-in': 'whether the service can be reached',
};

/** From here, days are told: nobody counts three hundred hours. */
const DAYS_FROM_HOURS = 48;
const HOURS_A_DAY = 24;
const MINUTES_AN_HOUR = 60;

/**
 * A note about the evidence, as a sentence.
 * @param here what `here` in ids of evidence is called
 * @param places what other observers are called, where that is known
 */
export function noteText(note: Note, here: string, places: ReadonlyMap<string, string> = new Map()): string {
  const name = ({ observer }: Pick<Witness, 'observer'>): string => {
    const place = places.get(observer);
    if (observer === 'here') return here;
    return place === undefined ? observer : `${observer}, ${place}`;
  };
  const who = (witness: Witness): string => `${name(witness)} (${time(witness)})`;
  switch (note.code) {
    case 'files-alone':
      return 'Judged from files alone: nothing was looked at from here.';
    case 'redacted':
      return 'The addresses and names are stand-ins and fit no real machine: change nothing by them, but by a diagnosis of the real ones.';
    case 'old':
      return `What ${name(note.args)} saw is ${old(note.args.hours)} old (${time(note.args)}), and may be otherwise by now: collect it again.`;
    case 'clock-ahead':
      return `The clock of ${name(note.args)} is ${minutes(note.args.minutes)} ahead, so that nobody can tell when it saw what it says.`;
    case 'replaced': {
      const { aspect, older, newer } = note.args;
      return `${who(older)} and ${who(newer)} differ about ${ASPECTS[aspect]}: the newer counts, the older is left out.`;
    }
    case 'contradictory': {
      const { aspect, witnesses } = note.args;
      const [look, server] = witnesses;
      if (aspect === 'way-in' && look !== undefined && server !== undefined) {
        return `The service was reached: ${who(look)} got it. By what ${who(server)} says of its firewall and programs, that can't be: it is reached by another way, such as a proxy, or that evidence is another machine's or was misread.`;
      }
      return `${all(witnesses.map(who))} contradict each other about ${ASPECTS[aspect]}: nothing is confirmed or ruled out by it. Leave out the one that is wrong.`;
    }
    case 'vantages-disagree': {
      const { address, port, works, fails } = note.args;
      return `Places outside disagree: ${address}, port ${port}, answers ${all(works.map(who))}, and not ${all(fails.map(who))}. One network may block it, or a rule lets in one sender: nothing is confirmed or ruled out by it.`;
    }
    case 'different-machines':
      return `${all(note.args.witnesses.map(who))} have no address in common: they are two machines, and only one can be the server. Leave out the other one.`;
  }
}

const time = ({ at }: Pick<Witness, 'at'>): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

const old = (hours: number): string =>
  hours < DAYS_FROM_HOURS ? `${hours} hours` : `${Math.floor(hours / HOURS_A_DAY)} days`;

const minutes = (count: number): string =>
  count < 2 * MINUTES_AN_HOUR ? `${count} minutes` : `${Math.floor(count / MINUTES_AN_HOUR)} hours`;
