import {
  type AddressRole,
  type Evidence,
  evidenceSchema,
  type ProbeCode,
  type Vantage,
} from '../../src/model/evidence.ts';
import type {
  ArrivalsFacts,
  DecidingRule,
  FirewallDecision,
  ListeningSocket,
  RoutesFacts,
  System,
} from '../../src/model/facts/host.ts';
import type { PortMapping, ToldFacts } from '../../src/model/facts/router.ts';
import type { Observer } from './evidence.ts';
import { LAN4, RESOLVER, STABLE6 } from './names.ts';

export const GATEWAY = RESOLVER;
const AGENT4 = '194.126.177.10';
const AGENT6 = '2a03:b0c0:3::7';

const PORT = 443;

/** What a probe saw, here or at an outside agent. */
export function made(
  probe: ProbeCode,
  what: string,
  how: string,
  facts: object,
  by: Observer = 'here',
): Evidence {
  return evidenceSchema.parse({
    id: `${probe}:${by}:${what}`,
    probe,
    vantage: (by === 'here' ? 'unknown' : 'outside') satisfies Vantage,
    at: '2026-11-23T21:00:00.000Z',
    ms: 30,
    how,
    status: 'ok',
    facts,
  });
}

/** One socket of nginx on port 443, for both families unless told otherwise. */
export function listeners(...sockets: readonly Partial<ListeningSocket>[]): Evidence {
  const nginx: ListeningSocket = {
    protocol: 'tcp',
    family: 'ipv6',
    address: null,
    port: PORT,
    v6only: false,
    interface: null,
    program: { name: 'nginx', pid: 812, unit: 'nginx.service' },
    container: null,
  };
  return made('listeners', 'own', 'ss -Hlntpe', {
    tool: 'ss',
    sockets: (sockets.length === 0 ? [{}] : sockets).map((socket) => ({ ...nginx, ...socket })),
    bindv6only: false,
    truncated: false,
  });
}

/** Which system the server runs. */
export const system = (name: System): Evidence =>
  made('system', 'own', 'uname -r; id -u', { system: name, release: null, privileged: true });

/** Nothing on port 443. */
export const noListeners = (): Evidence =>
  made('listeners', 'own', 'ss -Hlntpe', { tool: 'ss', sockets: [], bindv6only: false, truncated: false });

const DROP4: DecidingRule = {
  software: 'nftables',
  table: 'inet filter',
  chain: 'input',
  rule: 'meta nfproto ipv4 tcp dport 443 counter packets 12 bytes 720 drop',
  position: 7,
  handle: 19,
  isPolicy: false,
};
const ACCEPT6: DecidingRule = {
  ...DROP4,
  rule: 'tcp dport { 22, 80, 443 } accept',
  position: 4,
  handle: 16,
};

/** What the rules do to IPv4 from the internet; IPv6 is let in. */
export function firewall(
  verdict: FirewallDecision['verdict'] = 'accept',
  by: DecidingRule | null = verdict === 'accept' ? { ...ACCEPT6 } : DROP4,
): Evidence {
  const decision: FirewallDecision = {
    family: 'ipv4',
    source: 'internet',
    destination: LAN4,
    port: PORT,
    verdict,
    path: 'input',
    by: verdict === 'unknown' ? null : by,
    translatedTo: null,
    unknownBecause: verdict === 'unknown' ? 'xt match "geoip"' : null,
  };
  const six: FirewallDecision = {
    ...decision,
    family: 'ipv6',
    destination: STABLE6,
    verdict: 'accept',
    by: ACCEPT6,
    unknownBecause: null,
  };
  return made('firewall', `${PORT}`, 'sudo nft list ruleset', {
    software: [{ name: 'nftables', active: true }],
    interface: 'eth0',
    decisions: [decision, { ...decision, source: 'lan' }, six, { ...six, source: 'lan' }],
  });
}

/** Connection requests that were seen to arrive; IPv6 ones always were. */
export function arrivals(four: { packets: number; port?: number } | null): Evidence {
  const six: ArrivalsFacts['arrivals'][number] = {
    family: 'ipv6',
    from: AGENT6,
    to: STABLE6,
    port: PORT,
    sourcePorts: [],
    interface: 'eth0',
    packets: 3,
  };
  const seen =
    four === null
      ? [six]
      : [six, { ...six, family: 'ipv4', from: AGENT4, to: LAN4, port: PORT, ...four } as const];
  return made('arrivals', `${PORT}`, `sudo tcpdump -ni any 'tcp port ${PORT}'`, {
    tool: 'tcpdump',
    port: PORT,
    watchedMs: 4000,
    arrivals: seen,
    replies: [],
  });
}

/** Replies over IPv4 leave by `leavesBy`; null for no way out at all. */
export function routes(leavesBy: string | null = 'eth0'): Evidence {
  const via = leavesBy === 'eth0' ? GATEWAY : null;
  const facts: RoutesFacts = {
    replies: [{ family: 'ipv4', from: LAN4, arrivesBy: 'eth0', leavesBy, via }],
    defaults: leavesBy === null ? [] : [{ family: 'ipv4', interface: leavesBy, via, metric: 0 }],
    interfaces: [
      { name: 'eth0', kind: null, tunnel: false },
      ...(leavesBy === null || leavesBy === 'eth0'
        ? []
        : [{ name: leavesBy, kind: 'wireguard', tunnel: true }]),
    ],
  };
  return made('routes', 'own', `ip route get 1.1.1.1 from ${LAN4}`, facts);
}

/** The router tells its address and mappings over UPnP. */
export const upnp = (external: string | null, mappings: readonly Partial<PortMapping>[] = []): Evidence =>
  made('upnp', GATEWAY, 'upnpc -s', {
    gateway: GATEWAY,
    level: 1,
    location: `http://${GATEWAY}:5000/rootDesc.xml`,
    device: 'Example Router',
    service: 'WANIPConnection:1',
    status: 'Connected',
    told: external ?? '',
    external,
    mappings: mappings.map((mapping) => ({
      protocol: 'tcp',
      externalPort: PORT,
      client: LAN4,
      internalPort: PORT,
      enabled: true,
      description: 'web',
      leaseSeconds: 0,
      ...mapping,
    })),
    mappingsComplete: true,
  });

export const natPmp = (external: string): Evidence =>
  made('nat-pmp', GATEWAY, 'natpmpc', { gateway: GATEWAY, level: 1, result: 0, external, epochSeconds: 99 });

/** What a person read on the router's page. */
export const told = (facts: Partial<ToldFacts>): Evidence =>
  made('told', 'router', 'as given by flags', {
    wanIpv4: null,
    forwards: null,
    routerFirewall: null,
    boxInFront: null,
    ...facts,
  });

/** The same evidence, tried for another reason than `caseOf` would give. */
export function inRole(item: Evidence, ...roles: readonly AddressRole[]): Evidence {
  if (item.probe !== 'reach' || item.status !== 'ok') throw new Error(`${item.id} has no roles`);
  return { ...item, facts: { ...item.facts, roles: [...roles] } };
}

/** A probe of this machine that may not look. */
export const forbidden = (probe: ProbeCode): Evidence =>
  evidenceSchema.parse({
    id: `${probe}:here:forbidden`,
    probe,
    vantage: 'unknown' satisfies Vantage,
    at: '2026-11-23T21:00:00.000Z',
    ms: 5,
    how: 'sudo nft list ruleset',
    status: 'failed',
    reason: { code: 'no-privilege', detail: 'Operation not permitted' },
  });
