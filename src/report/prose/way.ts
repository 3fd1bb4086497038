import type { CauseCode } from '../../model/cause-code.ts';
import { ASKED, SILENCE } from './udp.ts';
import { all, allTries, FAMILY, FROM, list, outcomeWords, plural, say, type Words } from './words.ts';

/** What a cause does, as the reason why the layers behind it don't show. */
const WHILE: Readonly<Record<CauseCode, string>> = {
  dns: 'the name leads elsewhere',
  cgnat: 'the line has no public IPv4 address of its own',
  'isp-block': 'the provider blocks the port',
  'port-forward': "the router doesn't pass the port on",
  'host-firewall': "this server's firewall keeps IPv4 out",
  'ipv6-only-listener': 'the program takes IPv6 only',
  hairpin: "the router doesn't lead its own network back in",
};
export const whileWords = (causes: readonly CauseCode[]): string => all(causes.map((cause) => WHILE[cause]));

/** What was seen of the way between a client and this server, and of the provider's part of it. */
export const WAY_WORDS = {
  'answers-outside': ({ address, port }) => say(`${address} answers on port ${port}, seen from outside`),
  'fails-outside': ({ address, port, tries, outcome }) =>
    say(`${address}, port ${port}: ${outcomeWords(outcome)}, ${allTries(tries)}, seen from outside`),
  'udp-silent': ({ address, port, vantage, tries, protocol }) =>
    say(
      `${address}, UDP port ${port}: no answer to ${ASKED[protocol]}, ${allTries(tries)}, seen ${FROM[vantage]}`,
      SILENCE[protocol] ?? 'Without an answer over IPv6 to compare with, silence over UDP decides nothing.',
    ),
  'not-seen-outside': () => say('Nobody has looked from outside'),
  'hidden-by': ({ causes }) => say(`It can't be judged while ${whileWords(causes)}`),
  'explained-by': ({ causes }) =>
    say(
      causes.length === 0
        ? 'What was seen is explained already'
        : `What was seen is explained already: ${whileWords(causes)}`,
    ),
  arrives: ({ family, port, packets, from }) =>
    say(
      `${FAMILY[family]} connections to port ${port} reach this server: ${plural(packets, 'packet')} from ${list(from)}`,
    ),
  'never-arrives': ({ port, packets6, watchedMs }) =>
    say(`No IPv4 packet for port ${port} arrived here in ${seconds(watchedMs)}; ${packets6} over IPv6 did`),
  'other-port-answers': ({ address, port, otherPort }) =>
    say(
      `The same service answers at ${address} on port ${otherPort}, but not on port ${port}`,
      'The address and this server are fine then: what stands between keeps this one port out.',
    ),
  'other-ports-fail': ({ address, ports }) => say(`Other ports of ${address} fail as well: ${list(ports)}`),
  'stops-before-router': ({ port, lastHop, otherPort }) =>
    say(
      `Packets for port ${port} ${lastSeen(lastHop)}, not at the router`,
      ...(otherPort === null ? [] : [`Packets for port ${otherPort} are seen there.`]),
    ),
  'reaches-router': ({ port, router }) =>
    say(`Packets for port ${port} get as far as the router (${router}), seen from outside`),
  'alternate-port': ({ port }) => say(`Port ${port} of this line was seen to be open from outside`),
  'nothing-reaches-router': ({ lastHop }) =>
    say(
      'The provider lets nothing in: packets of every kind stop before the router',
      `They ${lastSeen(lastHop)}.`,
    ),
} satisfies Partial<Words>;

const lastSeen = (hop: string | null): string =>
  hop === null ? 'were seen at no hop' : `were last seen at ${hop}`;

const seconds = (ms: number): string => `${Math.max(1, Math.round(ms / 1000))} s`;
