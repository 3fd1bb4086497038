import type { Probes } from '../../../../src/cli/diagnose/probes.ts';
import { familyOf, scopeOf } from '../../../../src/model/address.ts';
import { evidenceOf } from '../../../../src/probes/context.ts';
import { system } from '../../../../src/probes/system.ts';
import { authority as saysAuthority, resolver as saysResolver } from '../../../support/evidence.ts';
import { STABLE6 } from '../../../support/names.ts';
import { how, none, type Scene } from './scene.ts';

/** Probes of names, of the machine and of how it is seen. */
export function hostProbes({ the, gateway, observed, a, own, time, events, note, after }: Scene) {
  return {
    system,
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
      const facts = { addresses: [...(the.named ?? a)], hostsFile: [] };
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
  } satisfies Partial<Probes>;
}
