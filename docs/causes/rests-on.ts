import { type Evidence, isHere, type ProbeCode } from '../../src/model/evidence.ts';
import { all } from '../../src/report/prose/words.ts';

/** What each probe sees, as a reader would say it. */
const WORDS: Readonly<Record<ProbeCode, string>> = {
  resolver: 'a resolver',
  'resolver-again': 'the same resolver a second later',
  delegation: "the zone's delegation",
  authority: "the zone's own servers",
  'os-lookup': "the system's own look-up",
  system: "the server's system",
  addresses: "the server's addresses",
  whoami: 'services that tell the public address',
  vantage: 'where it runs',
  place: 'who looks from outside',
  reach: 'a connection',
  'udp-reach': 'a question over UDP',
  stun: 'a STUN server',
  trace: 'a trace',
  listeners: 'the sockets that listen',
  firewall: "the firewall's rules",
  routes: 'the routes',
  arrivals: 'the packets that arrive',
  upnp: 'the router (UPnP)',
  'nat-pmp': 'the router (NAT-PMP)',
  pcp: 'the router (PCP)',
  told: "the router's page",
  'mapping-trial': 'a mapping opened for a moment',
};

/** Seen from here or from elsewhere: for these it makes the difference. */
const PLACED: readonly ProbeCode[] = ['reach', 'udp-reach', 'trace', 'resolver'];

/** The kinds of evidence behind a verdict, each once. */
export function restsOn(evidence: readonly Evidence[], ids: readonly string[]): string {
  const cited = ids.flatMap((id) => evidence.find((item) => item.id === id) ?? []);
  return all([...new Set(cited.map(wordsOf))]);
}

function wordsOf(item: Evidence): string {
  const words = WORDS[item.probe];
  if (item.status !== 'ok') return `${words} (not seen)`;
  if (!PLACED.includes(item.probe)) return words;
  if (!isHere(item)) return `${words} from outside`;
  return item.vantage === 'outside'
    ? words
    : `${words} from ${item.vantage === 'lan' ? 'a neighbour' : 'the server'}`;
}
