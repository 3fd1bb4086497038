import { deriveKeys, macOfAnswer } from '../../../src/agent/mac.ts';
import {
  HEADER,
  LOOK_PATH,
  type LookAnswer,
  type LookRequest,
  PROTOCOL,
} from '../../../src/agent/protocol.ts';
import { gather } from '../../../src/cli/diagnose/gather.ts';
import type { DiagnoseOptions, LayerOptions } from '../../../src/cli/diagnose/options.ts';
import type { Probes } from '../../../src/cli/diagnose/probes.ts';
import { silent } from '../../../src/cli/diagnose/progress.ts';
import { familyOf, scopeOf } from '../../../src/model/address.ts';
import { type Evidence, evidenceSchema, type ReachFacts } from '../../../src/model/evidence.ts';
import type { MappingTrialFacts, PortMapping } from '../../../src/model/facts/router.ts';
import { parseTarget } from '../../../src/model/target.ts';
import type { HttpRequest, HttpResult } from '../../../src/ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../../../src/probes/context.ts';
import { fakePorts } from '../../probes/fake-ports.ts';
import { authority as saysAuthority, resolver as saysResolver } from '../../support/evidence.ts';
import { LAN4, NAME, SERVICE, STABLE6, WAN4 } from '../../support/names.ts';
import { virtualClock } from './virtual-clock.ts';

export const GATEWAY = '192.168.77.1';
const TOKEN = 'k7vXq2mB9sTzWc4LhRjN6pYdUe3GaF8K';

/** Milliseconds until a probe ends; `never` waits for its signal. */
type Takes = number | 'never';

/** A home, and how long each thing takes there. All that is left out is as in a healthy one. */
export interface Home {
  readonly a?: readonly string[];
  readonly own?: readonly (readonly [address: string, interfaceName: string])[];
  readonly gateway?: string | null;
  /** The interface of the default route is a tunnel. */
  readonly vpn?: boolean;
  /** WAN address that the router tells over UPnP and NAT-PMP; null where it speaks neither. */
  readonly wan?: string | null;
  readonly mappings?: readonly Pick<PortMapping, 'externalPort' | 'client' | 'internalPort'>[];
  readonly observed?: string | null;
  /** Addresses of the way to what is traced from here. */
  readonly hops?: readonly string[];
  /** `address port` at which nothing answers. */
  readonly dead?: (address: string, port: number) => boolean;
  readonly takes?: Partial<Record<keyof Probes | 'look', Takes>>;
  /** Output of `ip -j neigh`. */
  readonly neighbours?: string;
  readonly mapping?: (externalPort: number) => Partial<MappingTrialFacts>;
}

/** What was asked, and when: `TIME PROBE WHAT`. */
export type Asked = readonly { readonly at: number; readonly probe: string; readonly what: string }[];

const MS_OF: Partial<Record<keyof Probes | 'look', number>> = {
  resolver: 40,
  authority: 120,
  osLookup: 10,
  whoami: 80,
  stun: 60,
  listeners: 50,
  firewall: 200,
  upnp: 150,
  natPmp: 20,
  pcp: 20,
  trace: 300,
  reach: 30,
  look: 100,
};

/** The time-out of one look at an address (src/probes/reach.ts). */
const REACH_TIMEOUT = 4_000;

export function home(the: Home = {}) {
  const { gateway = GATEWAY, wan = WAN4, observed = WAN4, a = [WAN4] } = the;
  const {
    own = [
      [LAN4, 'eth0'],
      [STABLE6, 'eth0'],
    ],
  } = the;
  const time = virtualClock();
  const asked: { at: number; probe: string; what: string }[] = [];
  const events: string[] = [];
  const note = (probe: string, what: string): void =>
    void asked.push({ at: time.clock.monotonic(), probe, what });
  const dead = the.dead ?? (() => false);

  /** One piece of evidence after its time; `interrupted` where the signal is first. */
  const after = async (
    probe: keyof Probes,
    what: string,
    { signal }: ProbeContext,
    made: () => Evidence,
    lost: () => Evidence,
    takes: Takes = the.takes?.[probe] ?? MS_OF[probe] ?? 10,
  ): Promise<Evidence> => {
    note(probe, what);
    return time.clock.sleep(takes === 'never' ? 2 ** 40 : takes, signal).then(made, lost);
  };
  const how = 'look';
  const none = { code: 'interrupted' } as const;

  const reachFacts = (address: string, port: number, roles: ReachFacts['roles']): ReachFacts => ({
    family: familyOf(address),
    address,
    port,
    roles: [...roles],
    attempts: dead(address, port)
      ? [1, 2, 3].map(() => ({ outcome: 'timed-out', ms: REACH_TIMEOUT }))
      : [1, 2, 3].map(() => ({ outcome: 'connected', ms: 9 })),
    identity: dead(address, port) ? null : SERVICE,
  });

  const probes: Probes = {
    addresses: (ports, context) => {
      const item = evidenceOf('addresses', 'own', context, ports.clock);
      const addresses = own.map(([address, name]) => ({
        address,
        family: familyOf(address),
        interface: name,
        prefixLength: familyOf(address) === 'ipv4' ? 24 : 64,
        scope: scopeOf(address),
        temporary: false,
        deprecated: false,
      }));
      return after(
        'addresses',
        'own',
        context,
        () => item.ok({ addresses }, how),
        () => item.failed(none, how),
      );
    },
    routes: (ports, context) => {
      const item = evidenceOf('routes', 'own', context, ports.clock);
      const name = the.vpn === true ? 'wg0' : 'eth0';
      const facts = {
        replies: [],
        defaults:
          gateway === null ? [] : [{ family: 'ipv4' as const, interface: name, via: gateway, metric: null }],
        interfaces: [
          { name: 'eth0', kind: null, tunnel: false },
          { name: 'wg0', kind: 'wireguard', tunnel: true },
        ],
      };
      return after(
        'routes',
        'own',
        context,
        () => item.ok(facts, how),
        () => item.failed(none, how),
      );
    },
    resolver: async (name, ports, context) => [
      // The wrapped port is used, as the real probe does: what it hears is known before the probe ends.
      ...(await Promise.all([
        ports.dns.ask({ server: '192.0.2.53', name, type: 'A', recurse: true, timeoutMs: 1 }, context.signal),
        ports.dns.ask(
          { server: '192.0.2.53', name, type: 'AAAA', recurse: true, timeoutMs: 1 },
          context.signal,
        ),
      ]).then(() => [])),
      await after(
        'resolver',
        name,
        context,
        () => saysResolver({ a, aaaa: [STABLE6] }),
        () => evidenceOf('resolver', '192.168.77.1', context, ports.clock).failed(none, how),
      ),
    ],
    authority: async (name, ports, context) => [
      await after(
        'authority',
        name,
        context,
        () => saysAuthority('ns1', { a, aaaa: [STABLE6] }),
        () => evidenceOf('delegation', name, context, ports.clock).failed(none, how),
      ),
    ],
    osLookup: (name, ports, context) => {
      const item = evidenceOf('os-lookup', name, context, ports.clock);
      const facts = { addresses: [...a], hostsFile: [] };
      return after(
        'osLookup',
        name,
        context,
        () => item.ok(facts, how),
        () => item.failed(none, how),
      );
    },
    whoami: (url, family, ports, context) => {
      const item = evidenceOf('whoami', `${family}:${url}`, context, ports.clock);
      const address = family === 'ipv4' ? observed : STABLE6;
      const said = () =>
        address === null
          ? item.failed({ code: 'unreachable' }, how)
          : item.ok({ service: url, family, address }, how);
      return after('whoami', `${family} ${url}`, context, said, () => item.failed(none, how));
    },
    stun: ({ server, family }, ports, context) => {
      const item = evidenceOf('stun', `${family}-${server}`, context, ports.clock);
      const address = (family === 'ipv4' ? observed : STABLE6) ?? STABLE6;
      const samples = [{ localPort: 1, address, port: 1 }];
      const said = () =>
        observed === null && family === 'ipv4'
          ? item.failed({ code: 'timed-out' }, how)
          : item.ok({ server, family, samples }, how);
      return after('stun', `${family} ${server}`, context, said, () => item.failed(none, how));
    },
    listeners: (ports, context) => {
      const item = evidenceOf('listeners', 'own', context, ports.clock);
      const no = () => item.failed({ code: 'no-tool' }, how);
      return after('listeners', 'own', context, no, no);
    },
    firewall: ({ port }, ports, context) => {
      const item = evidenceOf('firewall', String(port), context, ports.clock);
      const no = () => item.failed({ code: 'no-privilege' }, how);
      return after('firewall', String(port), context, no, no);
    },
    watchArrivals: async ({ port }, ports, context) => {
      note('watchArrivals', String(port));
      const item = evidenceOf('arrivals', String(port), context, ports.clock);
      await time.clock.sleep(60, context.signal).catch(() => {});
      events.push(`watching ${time.clock.monotonic()}`);
      return {
        stop: async () => {
          events.push(`stopped ${time.clock.monotonic()}`);
          return item.failed({ code: 'no-privilege' }, how);
        },
      };
    },
    upnp: async ({ gateway: at, level, multicast }, ports, context) => {
      const item = evidenceOf('upnp', at, context, ports.clock);
      const mappings: PortMapping[] = (the.mappings ?? []).map((mapping) => ({
        ...mapping,
        protocol: 'tcp',
        enabled: true,
        description: '',
        leaseSeconds: 0,
      }));
      const facts = {
        gateway: at,
        level,
        location: `http://${at}:5000/`,
        device: null,
        service: 'WANIPConnection:1',
        status: 'Connected',
        told: wan ?? '',
        external: wan,
        mappings,
        mappingsComplete: true,
      };
      const said = () =>
        wan === null || at !== gateway ? item.failed({ code: 'timed-out' }, how) : item.ok(facts, how);
      const what = `${at} level ${level}${multicast ? ' multicast' : ''}`;
      return [await after('upnp', what, context, said, () => item.failed(none, how))];
    },
    natPmp: ({ gateway: at, level }, ports, context) => {
      const item = evidenceOf('nat-pmp', at, context, ports.clock);
      const said = () =>
        wan === null || at !== gateway
          ? item.failed({ code: 'refused' }, how)
          : item.ok({ gateway: at, level, result: 0, external: wan, epochSeconds: 9 }, how);
      return after('natPmp', `${at} level ${level}`, context, said, () => item.failed(none, how));
    },
    pcp: ({ gateway: at, level }, ports, context) => {
      const item = evidenceOf('pcp', at, context, ports.clock);
      const no = () => item.failed({ code: 'refused' }, how);
      return after('pcp', `${at} level ${level}`, context, no, no);
    },
    trace: ({ address, port, method, maxHops }, ports, context) => {
      const item = evidenceOf('trace', `${method}-${address}`, context, ports.clock);
      const way = the.hops ?? [address];
      const hops = way.map((hop, index) => ({ ttl: index + 1, address: hop, ms: 1, note: null }));
      const facts = {
        family: familyOf(address),
        address,
        port,
        method,
        tool: 'traceroute',
        hops,
        reached: way.at(-1) === address,
      };
      const what = `${method} ${address} ${port} max ${maxHops}`;
      return after(
        'trace',
        what,
        context,
        () => item.ok(facts, how),
        () => item.failed(none, how),
      );
    },
    reach: ({ address, port, roles }, ports, context) => {
      const item = evidenceOf('reach', address, context, ports.clock);
      const ends = dead(address, port) ? REACH_TIMEOUT : undefined;
      const said = () => item.ok(reachFacts(address, port, [...roles]), how);
      const lost = () => item.failed(none, how);
      return after('reach', `${address} ${port} ${roles.join('+')}`, context, said, lost, ends);
    },
    openMapping: async ({ gateway: at, client, internalPort, externalPort }, ports, context) => {
      note('openMapping', `${at} ${externalPort}:${client}:${internalPort}`);
      const item = evidenceOf('mapping-trial', `${at}-${externalPort}`, context, ports.clock);
      const facts: MappingTrialFacts = {
        method: 'upnp',
        gateway: at,
        externalPort,
        client,
        internalPort,
        opened: true,
        external: null,
        refusal: null,
        removed: null,
        ...the.mapping?.(externalPort),
      };
      let removed: boolean | null = null;
      return {
        evidence: () => item.ok({ ...facts, removed }, how),
        close: async () => {
          events.push(`closed ${externalPort} at ${time.clock.monotonic()}`);
          if (facts.opened) removed = true;
        },
      };
    },
  };

  const looks: LookRequest[] = [];
  const agent = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResult> => {
    const reply = (body: string, headers = {}): HttpResult => ({
      ok: true,
      status: 200,
      headers,
      body,
      ms: 1,
    });
    if (!request.url.endsWith(LOOK_PATH)) {
      return reply(JSON.stringify({ protocol: PROTOCOL, challenge: 'c'.repeat(40) }));
    }
    const look: LookRequest = JSON.parse(request.body ?? '');
    looks.push(look);
    note('look', `${request.url.split('/')[2]}`);
    const dials = [
      ...look.addresses.map(({ address }) => ({ address, port: look.port })),
      ...look.otherPorts,
    ];
    const takes = dials.some(({ address, port }) => dead(address, port))
      ? REACH_TIMEOUT
      : (the.takes?.look ?? MS_OF.look ?? 0);
    const late = await time.clock.sleep(takes === 'never' ? 2 ** 40 : takes, signal).then(
      () => false,
      () => true,
    );
    if (late) return { ok: false, reason: { code: 'interrupted' }, ms: 1 };
    const no = { status: 'failed', reason: { code: 'no-privilege' } } as const;
    const answer: LookAnswer = {
      protocol: PROTOCOL,
      reach: look.addresses.map(({ address, roles }) => ({
        address,
        seen: { status: 'ok', facts: reachFacts(address, look.port, roles) },
      })),
      resolver: look.resolve === null ? [] : [no],
      otherPorts: look.otherPorts.map(({ address, port }) => ({
        status: 'ok',
        facts: reachFacts(address, port, ['differential']),
      })),
      traces: look.traces.map(() => no),
    };
    const body = JSON.stringify(answer);
    const nonces = {
      challenge: request.headers[HEADER.challenge] ?? '',
      nonce: request.headers[HEADER.nonce] ?? '',
    };
    return reply(body, {
      [HEADER.mac]: macOfAnswer(deriveKeys(TOKEN), { path: LOOK_PATH, ...nonces, body }),
    });
  };

  const ports = fakePorts({
    clock: time.clock,
    net: { http: agent },
    dns: {
      ask: async ({ type }) => {
        const list = type === 'A' ? a : [STABLE6];
        return {
          outcome: 'answer',
          rcode: 'NOERROR',
          authoritative: false,
          recursionAvailable: true,
          chain: [],
          addresses: list.map((address) => ({ address, ttl: 300 })),
          soa: null,
          ms: 1,
        };
      },
    },
    exec: {
      run: async () => ({ exitCode: 0, stdout: the.neighbours ?? '[]', stderr: '' }),
      watch: async () => null,
    },
  });

  /** Gathers there. @returns when it ended, what was asked when, and all that came of it */
  const run = async (
    more: Partial<DiagnoseOptions> = {},
    layers: Partial<LayerOptions> = {},
    signal: AbortSignal = new AbortController().signal,
  ) => {
    const said: string[] = [];
    const options: DiagnoseOptions = {
      target: parseTarget(`https://${NAME}`),
      from: null,
      ipv4: null,
      whoami: ['https://me.example.net'],
      whoamiSkipped: null,
      outside: [],
      layers: {
        stun: ['stun.example.net:3478'],
        told: null,
        elsewhere: [],
        probeMapping: false,
        announce: (sentence) => void said.push(sentence),
        ...layers,
      },
      ...more,
    };
    const { value, at } = await time.until(gather(options, ports, silent, signal, probes));
    const evidence = value.evidence.map((item) => evidenceSchema.parse(item));
    const of = (probe: string) => asked.filter((each) => each.probe === probe).map(({ what }) => what);
    return {
      at,
      evidence,
      vantage: value.vantage,
      asked,
      of,
      looks,
      events,
      said,
      ids: evidence.map(({ id }) => id),
    };
  };
  return { run, time };
}

export const AGENT: DiagnoseOptions['outside'] = [
  { url: 'http://vps.example.net:4460', token: TOKEN, label: 'outside-1' },
];
