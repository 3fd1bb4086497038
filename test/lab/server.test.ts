/** What the server does to its own service, seen with tools that know nothing of reach4. */
import { describe, expect, it } from 'vitest';
import { addressOf, EXTRA, HOME, INET, INTERNET_HOSTS, LAN_HOSTS, PROVIDER } from './addresses.ts';
import type { ServerFirewall } from './schema/server.ts';
import { type Trial, trial } from './trial.ts';
import { HOME_NAME } from './world.ts';

const SERVER = LAN_HOSTS.server[4][0];
const SERVER_6 = LAN_HOSTS.server[6][0];

/** The page over IPv4 from the internet and from the LAN, and over IPv6 from the internet. */
async function seen(lab: Trial): Promise<[out4: string, lan4: string, out6: string]> {
  return Promise.all([lab.page('outside', 4), lab.page('laptop', 4, { at: SERVER }), lab.page('outside', 6)]);
}

const listening = async (lab: Trial, asUser = 'root') =>
  (await lab.exec('server', ['ss', '-H', '-ltnp', 'sport = 443'], { asUser })).stdout;

type Row = [
  firewall: Pick<ServerFirewall, 'software' | 'ipv4'>[],
  out4: string,
  lan4: string,
  list: string,
  found: RegExp,
];

/** `list`: what an administrator types to see the rules; `found`: what is in there. */
const FIREWALLS: Row[] = [
  [[{ software: 'nft', ipv4: 'drop' }], 'timeout', 'timeout', 'nft list ruleset', /policy drop/u],
  [
    [{ software: 'nft', ipv4: 'reject' }],
    'unreachable',
    'unreachable',
    'nft list ruleset',
    /admin-prohibited/u,
  ],
  [[{ software: 'nft', ipv4: 'lan-only' }], 'timeout', HOME_NAME, 'nft list ruleset', /192\.168\.77\.0\/24/u],
  [
    [{ software: 'iptables-legacy', ipv4: 'drop' }],
    'timeout',
    'timeout',
    'iptables-legacy -S',
    /-P INPUT DROP/u,
  ],
  [[{ software: 'iptables-nft', ipv4: 'reject' }], 'refused', 'refused', 'iptables-nft -S', /-j REJECT/u],
  [
    [
      { software: 'iptables-nft', ipv4: 'accept' },
      { software: 'iptables-legacy', ipv4: 'lan-only' },
    ],
    'timeout',
    HOME_NAME,
    'iptables-nft -S; iptables-legacy -S',
    /--dport 443 -j ACCEPT[\s\S]*-s 192\.168\.77\.0\/24[^\n]*443 -j ACCEPT/u,
  ],
  [[{ software: 'ufw', ipv4: 'drop' }], 'timeout', 'timeout', 'ufw status', /443\/tcp \(v6\) +ALLOW/u],
  [
    [{ software: 'ufw', ipv4: 'lan-only' }],
    'timeout',
    HOME_NAME,
    'ufw status',
    /443\/tcp +ALLOW +192\.168\.77\.0/u,
  ],
  [
    [{ software: 'firewalld', ipv4: 'reject' }],
    'unreachable',
    'unreachable',
    'firewall-cmd --list-all',
    /family="ipv6"/u,
  ],
  [[{ software: 'firewalld', ipv4: 'drop' }], 'timeout', 'timeout', 'nft list tables', /inet firewalld/u],
];

describe.concurrent('a firewall on the server', () => {
  it.each(FIREWALLS)('%j: IPv4 %s, from the LAN %s', (firewall, out4, lan4, list, found) =>
    trial({ server: { firewall } }, async (lab) => {
      expect(await seen(lab)).toEqual([out4, lan4, HOME_NAME]);
      const { stdout } = await lab.exec('server', ['sh', '-c', list]);
      expect(stdout).toMatch(found);
      // It isn't the router: packets come as far as the server.
      const hops = await lab.hops('outside', HOME.wan4, { port: 443, most: 3 });
      expect(hops).toEqual([INET[4], PROVIDER[4], HOME.wan4]);
    }),
  );

  it('is its own, and nothing of it is left on the machine', () =>
    trial({ server: { firewall: [{ software: 'ufw', ipv4: 'drop' }] } }, async (lab) => {
      const rules = ['grep', '-c', '443', '/etc/ufw/user6.rules'];
      expect((await lab.exec('server', rules)).stdout).not.toBe('0');
      expect((await lab.exec('laptop', rules)).stdout).toBe('0');
      expect((await lab.exec('server', rules, { asUser: 'nobody' })).stderr).toContain('Permission denied');
      await lab.exec('server', ['ufw', 'allow', '443/tcp']);
      expect(await lab.page('outside', 4)).toBe(HOME_NAME);
    }));
});

describe.concurrent('the service', () => {
  it('belongs to an ordinary user, whom only root sees', () =>
    trial({}, async (lab) => {
      expect(await listening(lab)).toMatch(/\*:443[\s\S]*pid=\d+/u);
      const pid = /pid=(\d+)/u.exec(await listening(lab))?.[1];
      const { stdout } = await lab.exec('server', ['ps', '-o', 'user=', '-p', pid ?? '']);
      expect(stdout.trim()).toBe('nobody');
    }));

  it.each([
    ['both', 'any', '*:443', HOME_NAME],
    ['6', 'any', '[::]:443', 'refused'],
    ['both', 'global6', `[${SERVER_6}]:443`, 'refused'],
    ['both', 'lan4', `${SERVER}:443`, HOME_NAME],
  ] as const)('listens as told: families %s, address %s', (families, bind, socket, out4) =>
    trial({ server: { services: [{ kind: 'https', port: 443, families, bind }] } }, async (lab) => {
      expect(await listening(lab)).toContain(socket);
      expect(await seen(lab)).toEqual([out4, out4, bind === 'lan4' ? 'refused' : HOME_NAME]);
    }),
  );

  it('may take IPv4 on loopback only', () => {
    const https = { kind: 'https', port: 443 } as const;
    const services = [
      { ...https, bind: 'global6' as const },
      { ...https, bind: 'loopback4' as const },
    ];
    return trial({ server: { services } }, async (lab) => {
      expect(await seen(lab)).toEqual(['refused', 'refused', HOME_NAME]);
      expect(await lab.page('server', 4, { at: '127.0.0.1' })).toBe(HOME_NAME);
    });
  });

  it('takes IPv6 only where the system says so', () =>
    trial({ server: { bindv6only: true } }, async (lab) => {
      expect(await listening(lab)).toMatch(/\[::\]:443/u);
      expect(await seen(lab)).toEqual(['refused', 'refused', HOME_NAME]);
    }));

  it('may be down', () =>
    trial({ server: { services: [] } }, async (lab) => {
      expect(await seen(lab)).toEqual(['refused', 'refused', 'refused']);
    }));

  it.each([
    [{}, HOME_NAME, HOME_NAME, HOME.wan4],
    [{ user: 'drop' }, 'timeout', HOME_NAME, '*'],
    [{ publishes: 'ipv6-only' }, 'refused', 'refused', 'none'],
  ] as const)('may be published by Docker: %j', (docker, out4, lan4, fifth) =>
    trial({ server: { docker } }, async (lab) => {
      expect(await seen(lab)).toEqual([out4, lan4, HOME_NAME]);
      expect(await listening(lab)).toMatch(/"docker-proxy"/u);
      const hops = await lab.hops('outside', HOME.wan4, { port: 443, most: 5 });
      expect(hops[4] ?? 'none').toBe(fifth);
    }),
  );
});

describe.concurrent('the network of the server', () => {
  it('may have an address like those of carrier-grade NAT', () =>
    trial({ server: { tailscaleAddress: true } }, async (lab) => {
      const { stdout } = await lab.exec('server', ['ip', '-br', 'addr', 'show', 'tailscale0']);
      expect(stdout).toContain(`${EXTRA.tailscale4}/32`);
      expect(await seen(lab)).toEqual([HOME_NAME, HOME_NAME, HOME_NAME]);
      expect(await lab.whoami('server', 4)).toBe(HOME.wan4);
    }));

  it('may send all IPv4 through a VPN', () =>
    trial({ server: { vpn: 'default-route' } }, async (lab) => {
      const [exit] = INTERNET_HOSTS.vpn[4];
      expect(await lab.whoami('server', 4)).toBe(exit);
      expect(await lab.stun('server')).toMatchObject({ address: exit });
      expect(await lab.whoami('server', 6)).toBe(addressOf('server', 6));
      expect(await lab.whoami('laptop', 4)).toBe(HOME.wan4);
      const { stdout } = await lab.exec('server', ['ip', '-d', 'link', 'show', 'wg0']);
      expect(stdout).toContain('tun type tun');
      // The packets arrive; the answers go the other way.
      const dump = lab.spawn('server', ['tcpdump', '-n', '-l', '-i', 'any', 'tcp port 443']);
      await dump.waitFor(/listening on/u);
      expect(await lab.page('outside', 4, { at: HOME.wan4 })).toBe('timeout');
      await dump.waitFor(/eth0 +In .*\.443: Flags \[S\]/u);
      await dump.waitFor(/wg0 +Out .*\.443 > .*Flags \[S\.\]/u);
    }));

  it('may lack a way for IPv4', () =>
    trial({ server: { ipv4DefaultRoute: false } }, async (lab) => {
      expect(await seen(lab)).toEqual(['timeout', HOME_NAME, HOME_NAME]);
      expect(await lab.whoami('server', 4)).toMatch(/unreachable|Couldn't connect/u);
    }));
});
