import { type ProbeCode, type Seen, seen, type Vantage } from '../../evidence.ts';
import type { Aspect } from '../../note.ts';
import type { Case } from '../case.ts';
import { forwardOf } from '../forward.ts';
import { defaultTunnel, onServer, serverAddresses4 } from '../home.ts';
import { firewallOf, listeningOf, replies4 } from '../host.ts';
import { observed4, wanWords } from '../line.ts';
import { reachSeen } from '../reach-seen.ts';
import { publicRecords } from '../records.ts';
import { stateOf } from '../service.ts';
import { stableAddresses } from '../stable.ts';

/** What one observer says of one thing, by what is told of (an address and port, or nothing more). */
export type Says = ReadonlyMap<string, string>;

/** One thing that observers may contradict each other in, told as it is judged. */
export interface Compared {
  readonly aspect: Aspect;
  /** Where it can be seen: observers at places of one list are compared with one another. */
  readonly places: readonly (readonly Vantage[])[];
  /** The evidence that says it. */
  readonly probes: readonly ProbeCode[];
  /** @param own the case with one observer's evidence only; @param the with all */
  says(own: Case, the: Case): Says;
  /** Where nobody can tell which of two that were seen together is right, the causes judge it themselves. */
  readonly judgedByCauses?: true;
}

const one = (text: string | null): Says => new Map(text === null ? [] : [['', text]]);
const list = (texts: readonly string[]): string => [...new Set(texts)].sort().join(' ');
const some = (texts: readonly string[]): Says => one(texts.length === 0 ? null : list(texts));

const SERVER = [['server']] as const;
const HOME = [['server', 'lan']] as const;
const EACH = [['server'], ['lan'], ['outside'], ['unknown']] as const;
const EVERYWHERE = [['server', 'lan', 'outside', 'unknown']] as const;

const listeners = (own: Case): Says => {
  const { four, six } = listeningOf(own);
  return new Map([
    ...(four === 'unclear' || four === 'unknown' ? [] : [['IPv4', four] as const]),
    ...(six === 'unknown' ? [] : [['IPv6', six] as const]),
  ]);
};

const firewall = (own: Case): Says => {
  const { verdict } = firewallOf(own, 'ipv4', 'internet');
  // How it turns a packet away makes no difference to who knocks.
  if (verdict === 'drop' || verdict === 'reject') return one('blocks');
  return one(verdict === 'accept' ? verdict : null);
};

const addresses = (own: Case): Says =>
  some([...serverAddresses4(own), ...stableAddresses(own)].map(({ address }) => address));

const records = (own: Case): Says => {
  const [a, aaaa] = [publicRecords(own, 'A'), publicRecords(own, 'AAAA')];
  if (!a.definite || a.source !== 'authority' || a.internal) return one(null);
  return one(`${list(a.addresses)} / ${list(aaaa.addresses)}`);
};

const resolvers = (own: Case): Says =>
  new Map(
    seen(own.evidence, 'resolver').map(({ facts }) => [
      facts.server,
      list([...facts.a.addresses, ...facts.aaaa.addresses].map(({ address }) => address)),
    ]),
  );

const forward = (own: Case): Says => {
  const known = forwardOf(own);
  if (known.state === 'told-none') return one('none');
  if (!('client' in known)) return one(null);
  return one(`${known.client}:${known.port}${known.state === 'disabled' ? ' disabled' : ''}`);
};

/** Whether the service is there; what can't be told contradicts nothing. */
const REACHED: Partial<Record<ReturnType<typeof stateOf>, string>> = {
  answers: 'works',
  dead: 'fails',
  'other-service': 'fails',
};

export const reachKey = ({ address, port }: Pick<Seen<'reach'>['facts'], 'address' | 'port'>): string =>
  `${address} ${port}`;

const reach = (own: Case, the: Case): Says =>
  new Map(
    reachSeen(own.evidence).flatMap((item) => {
      const state = REACHED[stateOf(the, item)];
      return state === undefined ? [] : [[reachKey(item.facts), state] as const];
    }),
  );

export const traceKey = ({ address, port, method }: Seen<'trace'>['facts']): string =>
  `${address} ${port} ${method}`;

const trace = (own: Case): Says =>
  new Map(
    seen(own.evidence, 'trace').map(({ facts }) => {
      const last = facts.hops.findLast(({ address }) => address !== null);
      return [traceKey(facts), `${facts.reached} ${last?.address} ${last?.note}`];
    }),
  );

export const COMPARED: readonly Compared[] = [
  { aspect: 'addresses', places: SERVER, probes: ['addresses'], says: addresses },
  { aspect: 'listeners', places: SERVER, probes: ['listeners'], says: listeners },
  { aspect: 'firewall', places: SERVER, probes: ['firewall'], says: firewall },
  {
    aspect: 'routes',
    places: SERVER,
    probes: ['routes'],
    says: (own) => {
      const { state } = replies4(own);
      return one(onServer(own, 'routes').length === 0 || state === 'unknown' ? null : state);
    },
  },
  {
    aspect: 'wan-address',
    places: HOME,
    probes: ['upnp', 'nat-pmp', 'told', 'mapping-trial'],
    says: (own) => some(wanWords(own).map(({ wan }) => wan ?? 'none')),
  },
  {
    aspect: 'public-address',
    places: HOME,
    probes: ['whoami', 'stun'],
    says: (own) =>
      defaultTunnel(own) === null ? some(observed4(own).map(({ address }) => address)) : one(null),
  },
  { aspect: 'forward', places: HOME, probes: ['upnp', 'told'], says: forward },
  {
    aspect: 'records',
    places: EVERYWHERE,
    probes: ['authority', 'delegation'],
    says: records,
    judgedByCauses: true,
  },
  {
    aspect: 'resolvers',
    places: EACH,
    probes: ['resolver', 'resolver-again', 'os-lookup'],
    says: resolvers,
    judgedByCauses: true,
  },
  { aspect: 'reach', places: EACH, probes: ['reach', 'udp-reach'], says: reach },
  {
    aspect: 'trace',
    places: EACH,
    probes: ['trace'],
    says: trace,
    judgedByCauses: true,
  },
];
