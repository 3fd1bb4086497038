import type { Probes } from '../../../../src/cli/diagnose/probes.ts';
import { familyOf } from '../../../../src/model/address.ts';
import type { UdpReachFacts } from '../../../../src/model/evidence.ts';
import type { MappingTrialFacts, PortMapping } from '../../../../src/model/facts/router.ts';
import { evidenceOf } from '../../../../src/probes/context.ts';
import { how, none, REACH_TIMEOUT, type Scene } from './scene.ts';

/** Probes of the router and of the way. */
export function routerProbes({ the, gateway, wan, time, events, note, dead, after, reachFacts }: Scene) {
  return {
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
    udpReach: ({ address, port, roles, protocol }, ports, context) => {
      const item = evidenceOf('udp-reach', address, context, ports.clock);
      const facts: UdpReachFacts = {
        family: familyOf(address),
        address,
        port,
        roles: [...roles],
        protocol,
        attempts: [1, 2, 3].map(() => ({ outcome: 'answered', ms: 9 })),
        identity: { kind: 'datagram', protocol, says: 'a server', unique: 'SteamID 1' },
      };
      const said = () => item.ok(facts, how);
      return after('udpReach', `${address} ${port} ${protocol}`, context, said, () => item.failed(none, how));
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
  } satisfies Partial<Probes>;
}
