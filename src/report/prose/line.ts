import type { WanSource } from '../../model/findings/line.ts';
import { all, type Detail, list, plural, row, type Setting, say, type Words } from './words.ts';

const PROTOCOLS: Partial<Record<WanSource, string>> = { upnp: 'UPnP', 'nat-pmp': 'NAT-PMP', pcp: 'PCP' };

/** Who told the router's address: `told by the router (UPnP, 192.168.77.1)`. */
function toldBy(sources: readonly WanSource[], { gateway }: Setting): string {
  const protocols = sources.flatMap((source) => PROTOCOLS[source] ?? []);
  const others = [
    ...(sources.includes('told') ? ['read on its page'] : []),
    ...(sources.includes('own-interface') ? ["on this machine's own interface"] : []),
    ...(sources.includes('trace') ? ['seen on the way out'] : []),
  ];
  const where = gateway === null ? '' : `, ${gateway}`;
  const router = protocols.length === 0 ? [] : [`told by the router (${all(protocols)}${where})`];
  return [...router, ...others].join('; ') || 'not told by whom';
}

const wanRow = (wan: string, sources: readonly WanSource[], setting: Setting): Detail =>
  row("router's address", wan, toldBy(sources, setting));

const COUNT = ['none', 'one service', 'two services', 'three services'];

const seenAs = (observed: readonly string[], { services }: Setting): Detail[] =>
  observed.length === 0
    ? []
    : [
        row(
          'seen outside as',
          list(observed),
          services === 0 ? 'seen from outside' : `told by ${COUNT[services] ?? plural(services, 'service')}`,
        ),
      ];

/** Enough ports to choose from. */
const MAX_PORTS = 8;
const someOf = (ports: readonly number[]): string =>
  ports.length > MAX_PORTS ? `${list(ports.slice(0, MAX_PORTS))}, …` : list(ports);

/** What address the line has, and who shares it. */
export const LINE_WORDS = {
  'wan-shared': ({ wan, sources, observed }, setting) =>
    say(
      'Carrier-grade NAT: this line has no IPv4 address of its own',
      wanRow(wan, sources, setting),
      ...seenAs(observed, setting),
      '100.64.0.0/10 is shared by many customers (RFC 6598); nobody gets in.',
    ),
  'wan-ds-lite': ({ wan, sources, observed }, setting) =>
    say(
      'DS-Lite: this line has no IPv4 address of its own',
      ...(wan === null
        ? [row("router's address", 'none', toldBy(sources, setting))]
        : [wanRow(wan, sources, setting)]),
      ...seenAs(observed, setting),
      'IPv4 is carried inside IPv6 to the provider, who shares one address among many customers (RFC 6333); nobody can connect in.',
    ),
  'wan-private': ({ wan, sources, observed }, setting) =>
    say(
      `The router's own address is private: another NAT stands in front of it`,
      wanRow(wan, sources, setting),
      ...seenAs(observed, setting),
      "It is a second router, such as the provider's box, or the provider itself; only what it forwards gets past it.",
    ),
  'double-nat': ({ wan, outer, outerWan }) =>
    say(
      'Double NAT: two routers in a row',
      row("inner router's address", wan, 'given by the outer router'),
      row('outer router', outer, `has the public address ${outerWan}`),
      'Both need the port forward, or the outer one bridge mode.',
    ),
  'outer-not-public': ({ outer, outerWan }) =>
    say(`The box in front of the router (${outer}) has no public address either: ${outerWan}`),
  'box-in-front-blocks': ({ port }) =>
    say(`The box in front of the router doesn't pass port ${port} on to it, read on its page`),
  'box-in-front-none': () =>
    say('No other router of yours stands in front: it is the provider who translates'),
  'box-in-front-passes': ({ port, outerWan, source }) =>
    say(
      `The box in front has the public address ${outerWan} and passes port ${port} on to the router, ${
        source === 'told' ? 'read on its page' : `told by itself (${PROTOCOLS[source] ?? source})`
      }`,
    ),
  'wan-not-public': ({ wan, sources }, setting) =>
    say(`The router's own address isn't public: nobody can connect to it`, wanRow(wan, sources, setting)),
  'wan-none': ({ sources }, setting) =>
    say(
      'The router answers, but tells no IPv4 address',
      row("router's address", 'none', toldBy(sources, setting)),
    ),
  'wan-public': ({ wan, sources }, setting) =>
    say(`The router has the public address ${wan}, ${toldBy(sources, setting)}`),
  'wan-contradictory': ({ told }, setting) =>
    say(
      "What is told about the router's address doesn't fit together",
      ...told.map(({ wan, source }) => wanRow(wan, [source], setting)),
    ),
  'wan-unknown': () => say("The router's own address isn't known: no UPnP, NAT-PMP or PCP answered"),
  'wan-not-observed': ({ wan, observed }) =>
    say(
      `The router has ${wan}, but the internet sees ${list(observed)}`,
      'A VPN, or another translation further out.',
    ),
  'observed-through-tunnel': ({ observed, interface: name }) =>
    say(
      `This server sends through the tunnel ${name}: services see its exit ${list(observed)}, not this line`,
    ),
  'observed-is-router': ({ address }) =>
    say(`The address that services see, ${address}, is the router's own: it answers one hop away`),
  'observed-beyond-router': ({ address, hops }) =>
    say(`The address that services see, ${address}, lies ${hops} hops away, behind the router`),
  'shared-hop': ({ hop }) =>
    say(`The next hop after the router is ${hop}, of the range for carrier-grade NAT: a hint, no proof`),
  'overlay-address': ({ address, interface: name }) =>
    say(`${address} on ${name} belongs to an overlay network such as Tailscale, not to the line`),
  'no-nat': ({ address }) =>
    say(`This server has the public address ${address} itself: nothing is translated`),
  'port-outside-set': ({ port, address, usable }) =>
    say(
      `Shared address: port ${port} of ${address} isn't one of this line's`,
      ...(usable.length === 0
        ? []
        : [row('ports of this line', someOf(usable), 'computed from those seen outside')]),
      'The provider gives each customer some ports of one address (MAP-E, MAP-T or lightweight 4over6); only those can be forwarded.',
    ),
  'port-inside-set': ({ port, address }) =>
    say(`Port ${port} of the shared address ${address} belongs to this line`),
} satisfies Partial<Words>;
