import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import { routes } from '../../../src/probes/routes.ts';
import { here } from '../fake-ports.ts';
import { type Namespace, namespaces } from '../namespaces.ts';

const LAN = `link add lan type bridge
addr add 192.168.5.2/24 dev lan
addr add 2a02:3::2/64 dev lan nodad
link set lan up`;
const VPN = `tuntap add vpn mode tun
addr add 10.8.0.2/32 dev vpn
link set vpn up`;

async function server(...lines: string[]): Promise<Namespace> {
  const all = await namespaces('server');
  await all.server.ip([LAN, ...lines].join('\n'));
  return all.server;
}

async function facts(of: Namespace) {
  const evidence = evidenceSchema.parse(await routes(await of.ports(), here()));
  if (evidence.probe !== 'routes' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

const BACK4 = { family: 'ipv4', from: '192.168.5.2', arrivesBy: 'lan', leavesBy: 'lan', via: '192.168.5.1' };
const BACK6 = { family: 'ipv6', from: '2a02:3::2', arrivesBy: 'lan', leavesBy: 'lan', via: '2a02:3::1' };
const DEFAULTS = ['route add default via 192.168.5.1', '-6 route add default via 2a02:3::1'];
const [DEFAULT4 = '', DEFAULT6 = ''] = DEFAULTS;
/** `ip -batch` takes the family with each line in this form only. */
const six = (line: string): string => line.replace(/^-6 route add default/u, 'route add ::/0');

describe('routes on a real kernel', () => {
  it('sees replies leave the way that packets came', async () => {
    const { replies, defaults } = await facts(await server(DEFAULT4, six(DEFAULT6)));
    expect(replies).toEqual([BACK4, BACK6]);
    expect(defaults.map(({ family, via }) => [family, via])).toEqual([
      ['ipv4', '192.168.5.1'],
      ['ipv6', '2a02:3::1'],
    ]);
  });

  it('sees that IPv4 has no way out', async () => {
    const { replies, defaults } = await facts(await server(six(DEFAULT6)));
    expect(replies).toEqual([{ ...BACK4, leavesBy: null, via: null }, BACK6]);
    expect(defaults.map(({ family }) => family)).toEqual(['ipv6']);
  });

  it.each([
    ['takes the default route', ['route replace default dev vpn']],
    ['takes both halves of it', ['route add 0.0.0.0/1 dev vpn', 'route add 128.0.0.0/1 dev vpn']],
    [
      'is led to by a rule',
      ['route add default dev vpn table 51820', 'rule add not fwmark 51820 table 51820'],
    ],
  ])('sees replies leave by a VPN that %s', async (_, lines) => {
    const { replies, interfaces } = await facts(await server(DEFAULT4, VPN, ...lines));
    expect(replies.find(({ family }) => family === 'ipv4')).toEqual({ ...BACK4, leavesBy: 'vpn', via: null });
    expect(interfaces).toContainEqual({ name: 'vpn', kind: 'tun', tunnel: true });
    expect(interfaces).toContainEqual({ name: 'lan', kind: 'bridge', tunnel: false });
  });

  it('sees a rule for the own address lead back past a VPN', async () => {
    const rule = ['route add default via 192.168.5.1 table 99', 'rule add from 192.168.5.2 table 99'];
    const { replies } = await facts(await server(VPN, 'route add default dev vpn', ...rule));
    expect(replies[0]).toEqual(BACK4);
  });

  it.each(['unreachable', 'blackhole', 'prohibit'])('calls an %s route none', async (type) => {
    const { replies, defaults } = await facts(await server(`route add ${type} default`));
    expect(replies[0]).toEqual({ ...BACK4, leavesBy: null, via: null });
    expect(defaults).toEqual([]);
  });
});
