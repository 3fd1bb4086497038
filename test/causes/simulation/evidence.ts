import {
  type AddressRole,
  type Evidence,
  evidenceSchema,
  type TcpOutcome,
  type Vantage,
} from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import type { Case } from '../../../src/model/view/case.ts';
import { resolver } from '../../support/evidence.ts';
import { authorities } from '../../support/home.ts';
import {
  LAN4,
  OLD4,
  OTHER_PROGRAM,
  SERVICE,
  STABLE6,
  STRANGER,
  TARGET,
  VPN4,
  WAN4,
} from '../../support/names.ts';
import { type Fate, fateFromOutside, type Home, hasAddress, letsIn } from './home.ts';

/** From where the home is looked at, and with which rights. */
export interface Sighting {
  readonly root: boolean;
  readonly agent: boolean;
  /** The agent may send raw packets. */
  readonly traces: boolean;
  /** Services may be asked for the public address. */
  readonly services: boolean;
  readonly told: {
    readonly wan: boolean;
    readonly forward: boolean;
    readonly firewall: boolean;
    readonly box: boolean;
  };
}

const OTHER_PORT = 8443;
const SHARED = '185.66.200.4';
const ROUTER = '192.168.77.1';
const PROVIDER = '62.115.9.9';
const AGENT4 = '45.83.104.20';
const AGENT6 = '2a03:4000:47:10::20';

const WAN: Readonly<Record<Home['line'], string>> = {
  public: WAN4,
  'map-e-inside': WAN4,
  'map-e-outside': WAN4,
  cgnat: '100.64.9.7',
  'ds-lite': '192.0.0.2',
  private: '192.168.1.2',
  'private-box': '192.168.1.2',
  'private-passes': '192.168.1.2',
};

function item(probe: string, where: string, subject: string, vantage: Vantage, facts: object): Evidence {
  return evidenceSchema.parse({
    id: `${probe}:${where}:${subject}`,
    probe,
    vantage,
    at: '2026-11-24T00:00:00.000Z',
    ms: 10,
    how: `look at ${subject}`,
    status: 'ok',
    facts,
  });
}

const without = (probe: string, code: string): Evidence =>
  evidenceSchema.parse({
    id: `${probe}:here:own`,
    probe,
    vantage: 'server',
    at: '2026-11-24T00:00:00.000Z',
    ms: 10,
    how: 'look',
    status: 'failed',
    reason: { code },
  });

/** What the address of the line is, as services see it. */
const publicAddress = (home: Home): string => (hasAddress(home) ? WAN4 : SHARED);
const observed = (home: Home): string | null =>
  home.replies === 'no-route' ? null : home.replies === 'vpn' ? VPN4 : publicAddress(home);

/** Ports of MAP-E with a=4, PSID length 8: 443 is in no set; "inside" is a matter of the target's port. */
const PSID = { inside: 0x2a, outside: 0x15 };
const stunPort = (home: Home, index: number, local: number): number => {
  if (!home.line.startsWith('map-e') || home.replies === 'vpn') return local;
  const psid = home.line === 'map-e-inside' ? PSID.inside : PSID.outside;
  return ((1 + (index % 15)) << 12) | (psid << 4) | (index % 16);
};
/** A port of the set that is "inside". */
const INSIDE_PORT = (3 << 12) | (PSID.inside << 4) | 5;

/** What a person reads on the page of the box in front; nobody looks where none is. */
const BOX: Readonly<Partial<Record<Home['line'], string>>> = {
  private: 'none',
  'private-box': 'blocks',
  'private-passes': WAN4,
};

/** The case that a diagnosis on the server would judge. */
export function caseIn(home: Home, sighting: Sighting): Case {
  const port = home.line.startsWith('map-e') ? INSIDE_PORT : 443;
  const target = parseTarget(home.line.startsWith('map-e') ? `${TARGET}:${INSIDE_PORT}` : TARGET);
  const line = publicAddress(home);
  const evidence: Evidence[] = [
    ...names(home),
    ...host(home, sighting, port),
    ...router(home, sighting, port),
  ];
  const seenAs = observed(home);
  if (sighting.services) {
    evidence.push(...(seenAs === null ? [without('whoami', 'no-network')] : services(home, seenAs)));
  }
  const known = new Set<string>([
    ...(sighting.services && seenAs !== null ? [seenAs] : []),
    ...((wanTold(home, sighting) && home.line !== 'private-passes' && hasAddress(home)) ||
    (sighting.told.box && home.line === 'private-passes')
      ? [WAN4]
      : []),
    ...(home.a === 'right' ? [line] : home.a === 'dead' ? [OLD4] : []),
  ]);
  for (const address of known) {
    const inside = insideOutcome(home, address, line);
    evidence.push(reachItem('here', 'server', address, port, ['observed'], inside.outcome, inside.identity));
    if (sighting.agent) evidence.push(...outside(home, sighting, address, line, port));
  }
  evidence.push(reachItem('here', 'server', STABLE6, port, ['aaaa-record', 'own'], 'connected', SERVICE));
  const takesFour = home.listener === 'both' || home.listener === 'other-program';
  const ownAnswer = home.listener === 'both' ? SERVICE : OTHER_PROGRAM;
  evidence.push(
    reachItem('here', 'server', LAN4, port, ['host'], takesFour ? 'connected' : 'refused', ownAnswer),
  );
  if (sighting.agent)
    evidence.push(
      reachItem('outside-1', 'outside', STABLE6, port, ['aaaa-record', 'own'], 'connected', SERVICE),
    );
  evidence.push(reachItem('here', 'server', ROUTER, port, ['gateway'], 'connected', STRANGER));
  if (sighting.agent && sighting.root) evidence.push(arrivals(home, line, port, known.has(line)));
  return { target, vantage: 'server', evidence };
}

function names(home: Home): Evidence[] {
  const a = home.a === 'right' ? [publicAddress(home)] : home.a === 'dead' ? [OLD4] : [];
  const answers = [...authorities(a, [STABLE6]), resolver({ a, aaaa: [STABLE6] })];
  return answers.map((each) => ({ ...each, vantage: 'server' }));
}

function host(home: Home, { root }: Sighting, port: number): Evidence[] {
  const own = (address: string, name: string, prefixLength: number) => ({
    address,
    family: address.includes(':') ? 'ipv6' : 'ipv4',
    interface: name,
    prefixLength,
    scope: address.includes(':') ? 'public' : 'private',
    temporary: false,
    deprecated: false,
  });
  const vpn = home.replies === 'vpn';
  const leavesBy = { 'same-way': 'eth0', vpn: 'wg0', 'no-route': null }[home.replies];
  return [
    item('addresses', 'here', 'own', 'server', {
      addresses: [
        own(LAN4, 'eth0', 24),
        own(STABLE6, 'eth0', 64),
        ...(vpn ? [own('10.8.0.2', 'wg0', 32)] : []),
      ],
    }),
    item('routes', 'here', 'own', 'server', {
      replies: [
        { family: 'ipv4', from: LAN4, arrivesBy: 'eth0', leavesBy, via: leavesBy === 'eth0' ? ROUTER : null },
      ],
      defaults: leavesBy === null ? [] : [{ family: 'ipv4', interface: leavesBy, via: null, metric: null }],
      interfaces: [
        { name: 'eth0', kind: null, tunnel: false },
        ...(vpn ? [{ name: 'wg0', kind: 'wireguard', tunnel: true }] : []),
      ],
    }),
    item('listeners', 'here', 'own', 'server', {
      tool: 'ss',
      sockets: sockets(home, port),
      bindv6only: false,
      truncated: false,
    }),
    root ? firewall(home, port) : without('firewall', 'no-privilege'),
  ];
}

function sockets({ listener }: Home, port: number): object[] {
  const base = { protocol: 'tcp', port, interface: null, program: null, container: null };
  const six = { ...base, family: 'ipv6' };
  switch (listener) {
    case 'both':
      return [{ ...six, address: null, v6only: false }];
    case 'other-program':
      return [
        { ...six, address: null, v6only: true },
        { ...base, family: 'ipv4', address: null, v6only: null },
      ];
    case 'v6only':
      return [{ ...six, address: null, v6only: true }];
    case 'address6':
      return [{ ...six, address: STABLE6, v6only: true }];
    case 'loopback4':
      return [
        { ...six, address: null, v6only: true },
        { ...base, family: 'ipv4', address: '127.0.0.1', v6only: null },
      ];
  }
}

function firewall(home: Home, port: number): Evidence {
  const by = {
    software: 'nftables',
    table: 'inet filter',
    chain: 'input',
    rule: 'meta nfproto ipv4 drop',
    position: 3,
    handle: 9,
    isPolicy: false,
  };
  const decision = (family: string, source: string, verdict: string) => ({
    family,
    source,
    destination: family === 'ipv4' ? LAN4 : STABLE6,
    port,
    verdict,
    path: 'input',
    by: verdict === 'accept' ? null : by,
    translatedTo: null,
    unknownBecause: null,
  });
  const internet = { open: 'accept', drop: 'drop', reject: 'reject', 'lan-only': 'drop' }[home.firewall];
  const lan = { open: 'accept', drop: 'drop', reject: 'reject', 'lan-only': 'accept' }[home.firewall];
  return item('firewall', 'here', String(port), 'server', {
    software: [{ name: 'nftables', active: true }],
    interface: 'eth0',
    decisions: [
      decision('ipv4', 'internet', internet),
      decision('ipv4', 'lan', lan),
      decision('ipv6', 'internet', 'accept'),
      decision('ipv6', 'lan', 'accept'),
    ],
  });
}

const wanTold = (home: Home, { told }: Sighting): boolean => told.wan || home.protocols !== 'none';

function router(home: Home, { told }: Sighting, port: number): Evidence[] {
  const wan = WAN[home.line];
  const client = home.forward === 'wrong-host' ? '192.168.77.99' : LAN4;
  const internalPort = home.forward === 'wrong-port' ? port + 1 : port;
  const mapping = { protocol: 'tcp', enabled: true, description: 'web', leaseSeconds: 0 };
  const mappings = [
    ...(home.forward !== 'none' && home.listed
      ? [{ ...mapping, externalPort: port, client, internalPort }]
      : []),
    ...(home.otherPort ? [{ ...mapping, externalPort: OTHER_PORT, client: LAN4, internalPort: port }] : []),
  ];
  const items: Evidence[] = [];
  if (home.protocols === 'upnp') {
    items.push(
      item('upnp', 'here', ROUTER, 'server', {
        gateway: ROUTER,
        level: 1,
        location: `http://${ROUTER}:5000/root.xml`,
        device: null,
        service: 'WANIPConnection:1',
        status: 'Connected',
        told: wan,
        external: wan,
        mappings,
        mappingsComplete: true,
      }),
    );
  }
  if (home.protocols === 'nat-pmp') {
    items.push(
      item('nat-pmp', 'here', ROUTER, 'server', {
        gateway: ROUTER,
        level: 1,
        result: 0,
        external: wan,
        epochSeconds: 9,
      }),
    );
  }
  if (told.wan || told.forward || told.firewall || told.box) {
    items.push(
      item('told', 'here', 'router', 'server', {
        // Of DS-Lite, many a page shows no address at all.
        wanIpv4: !told.wan
          ? null
          : home.line === 'ds-lite' && home.protocols === 'none' && home.replies === 'same-way'
            ? 'none'
            : wan,
        forwards: told.forward
          ? home.forward === 'none'
            ? 'none'
            : [{ externalPort: port, host: client, port: internalPort }]
          : null,
        routerFirewall: told.firewall ? (home.routerFirewall === 'open' ? 'open' : 'blocks') : null,
        boxInFront: told.box ? (BOX[home.line] ?? null) : null,
      }),
    );
  }
  return items;
}

function services(home: Home, address: string): Evidence[] {
  const samples = Array.from({ length: 10 }, (_, index) => {
    const localPort = 33_000 + ((index * 7919) % 27_000);
    return { localPort, address, port: stunPort(home, index, localPort) };
  });
  return [
    item('whoami', 'here', 'ipv4:one.example.net', 'server', {
      service: 'one.example.net',
      family: 'ipv4',
      address,
    }),
    item('stun', 'here', 'ipv4-one.example.net', 'server', {
      server: 'one.example.net:3478',
      family: 'ipv4',
      samples,
    }),
  ];
}

function reachItem(
  by: string,
  vantage: Vantage,
  address: string,
  port: number,
  roles: AddressRole[],
  outcome: TcpOutcome['outcome'],
  identity: typeof SERVICE | null,
): Evidence {
  const attempt = (index: number) => ({
    outcome,
    ms: 20,
    localPort: sourcePort(by, address, port) + index,
    ...(outcome === 'connected' ? {} : { code: 'ECODE' }),
  });
  return item('reach', by, roles.includes('differential') ? `${address}-${port}` : address, vantage, {
    family: address.includes(':') ? 'ipv6' : 'ipv4',
    address,
    port,
    roles,
    attempts: [attempt(0), attempt(1), attempt(2)],
    identity: outcome === 'connected' ? identity : null,
  });
}

/** Each look has ports of its own. */
const sourcePort = (by: string, address: string, port: number): number =>
  40_000 +
  10 *
    ((by.length +
      address.length * 31 +
      [...address].reduce((sum, char) => sum + char.charCodeAt(0), 0) +
      port * 7) %
      2001);

const OUTCOMES: Readonly<Record<Fate, TcpOutcome['outcome']>> = {
  carrier: 'timed-out',
  provider: 'timed-out',
  router: 'timed-out',
  'router-firewall-early': 'timed-out',
  page: 'connected',
  'router-firewall': 'timed-out',
  neighbour: 'timed-out',
  'closed-port': 'refused',
  firewall: 'timed-out',
  'no-listener': 'refused',
  'lost-reply': 'timed-out',
  'other-program': 'connected',
  service: 'connected',
};

function outcomeOf(home: Home, fate: Fate): TcpOutcome['outcome'] {
  if (fate === 'provider' && home.provider === 'resets-port') return 'refused';
  if (fate === 'firewall' && home.firewall === 'reject') return 'refused';
  // A closed port behind a firewall that drops never gets to refuse.
  if (fate === 'closed-port' && !letsIn(home)) return home.firewall === 'reject' ? 'refused' : 'timed-out';
  const isLost = home.replies !== 'same-way' && !home.masquerades;
  if ((fate === 'no-listener' || fate === 'closed-port') && isLost) return 'timed-out';
  return OUTCOMES[fate];
}

function outside(home: Home, { traces }: Sighting, address: string, line: string, port: number): Evidence[] {
  if (address !== line) {
    // Nobody has the old address; the exit of a VPN takes nothing in.
    return [
      reachItem(
        'outside-1',
        'outside',
        address,
        port,
        [address === OLD4 ? 'a-record' : 'observed'],
        'timed-out',
        null,
      ),
    ];
  }
  const fate = fateFromOutside(home, 'service');
  const items = [
    reachItem(
      'outside-1',
      'outside',
      address,
      port,
      ['observed', 'wan'],
      outcomeOf(home, fate),
      fate === 'page' ? STRANGER : fate === 'other-program' ? OTHER_PROGRAM : SERVICE,
    ),
  ];
  if (traces) items.push(trace(home, fate, address, port));
  if (home.otherPort && home.protocols === 'upnp') {
    const other = fateFromOutside(home, 'other');
    items.push(
      reachItem(
        'outside-1',
        'outside',
        address,
        OTHER_PORT,
        ['differential'],
        outcomeOf(home, other),
        other === 'other-program' ? OTHER_PROGRAM : SERVICE,
      ),
    );
    if (traces) items.push(trace(home, other, address, OTHER_PORT));
  }
  return items;
}

/** The router is a hop of its own only for what it passes on. */
function trace(home: Home, fate: Fate, address: string, port: number): Evidence {
  const passesRouter = !['carrier', 'provider', 'router', 'router-firewall-early', 'page'].includes(fate);
  const answers = outcomeOf(home, fate) !== 'timed-out' && fate !== 'firewall';
  const hops: (string | null)[] = [
    '62.115.0.1',
    PROVIDER,
    ...(passesRouter ? [address] : []),
    ...(answers ? [address] : [null, null, null]),
  ];
  return item('trace', 'outside-1', `tcp-${address}-${port}`, 'outside', {
    family: 'ipv4',
    address,
    port,
    method: 'tcp',
    tool: 'traceroute',
    reached: answers,
    hops: hops.map((hop, index) => ({
      ttl: index + 1,
      address: hop,
      ms: hop === null ? null : 3,
      note: null,
    })),
  });
}

function insideOutcome(
  home: Home,
  address: string,
  line: string,
): { outcome: TcpOutcome['outcome']; identity: typeof SERVICE | null } {
  const dead = { outcome: 'timed-out', identity: null } as const;
  if (home.replies !== 'same-way')
    return { outcome: home.replies === 'no-route' ? 'no-route' : 'timed-out', identity: null };
  if (address !== line || !hasAddress(home)) return dead;
  const isLetIn = home.firewall === 'open' || home.firewall === 'lan-only';
  if (home.hairpin && home.forward === 'right' && isLetIn) {
    if (home.listener === 'both') return { outcome: 'connected', identity: SERVICE };
    if (home.listener === 'other-program') return { outcome: 'connected', identity: OTHER_PROGRAM };
  }
  return dead;
}

function arrivals(home: Home, line: string, port: number, looked: boolean): Evidence {
  const fate = fateFromOutside(home, 'service');
  const came =
    looked &&
    ['firewall', 'no-listener', 'lost-reply', 'service', 'other-program', 'closed-port'].includes(fate);
  const other =
    home.otherPort &&
    home.protocols === 'upnp' &&
    looked &&
    !['carrier', 'provider'].includes(fateFromOutside(home, 'other'));
  const arrival = (family: string, to: string, at: number, sourcePorts: number[]) => ({
    family,
    from: family === 'ipv6' ? AGENT6 : home.masquerades ? ROUTER : AGENT4,
    to,
    port: at,
    sourcePorts,
    interface: 'eth0',
    packets: 6,
  });
  const own = sourcePort('outside-1', line, port);
  const aside = sourcePort('outside-1', line, OTHER_PORT);
  // A witness sums up what comes to one port from one host.
  const atService = [...(came && fate !== 'closed-port' ? [own, own + 1] : []), ...(other ? [aside] : [])];
  return item('arrivals', 'here', String(port), 'server', {
    tool: 'tcpdump',
    port,
    watchedMs: 5000,
    arrivals: [
      arrival('ipv6', STABLE6, port, [sourcePort('outside-1', STABLE6, port)]),
      ...(atService.length > 0 ? [arrival('ipv4', LAN4, port, atService)] : []),
      ...(came && fate === 'closed-port' ? [arrival('ipv4', LAN4, port + 1, [own])] : []),
    ],
    replies: [],
  });
}
