import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import { type TraceQuestion, trace } from '../../../src/probes/trace.ts';
import { here } from '../fake-ports.ts';
import { joined, type Namespace, namespaces } from '../namespaces.ts';

/** client - isp - router (NAT) - server; over IPv6 without NAT. Ports 443, 8443, 9443 and 9445 are forwarded to the server. */
async function line(): Promise<{ client: Namespace; isp: Namespace }> {
  const { client, isp, router, server } = await namespaces('client', 'isp', 'router', 'server');
  await joined(client, 'c0', isp, 'i0');
  await joined(isp, 'i1', router, 'wan');
  await joined(router, 'lan', server, 's0');
  await client.ip(
    'addr add 81.2.1.2/24 dev c0\naddr add 2a02:1::2/64 dev c0 nodad\nroute add default via 81.2.1.1\nroute add ::/0 via 2a02:1::1',
  );
  await isp.ip(
    'addr add 81.2.1.1/24 dev i0\naddr add 2a02:1::1/64 dev i0 nodad\naddr add 81.2.2.1/24 dev i1\naddr add 2a02:2::1/64 dev i1 nodad\nroute add 2a02:3::/64 via 2a02:2::2',
  );
  await router.ip(
    'addr add 81.2.2.2/24 dev wan\naddr add 2a02:2::2/64 dev wan nodad\naddr add 192.168.5.1/24 dev lan\naddr add 2a02:3::1/64 dev lan nodad\nroute add default via 81.2.2.1\nroute add ::/0 via 2a02:2::1',
  );
  await server.ip(
    'addr add 192.168.5.2/24 dev s0\naddr add 2a02:3::2/64 dev s0 nodad\nroute add default via 192.168.5.1\nroute add ::/0 via 2a02:3::1',
  );
  for (const host of [isp, router]) {
    await host.run('sysctl', ['-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  }
  await router.nft(`table ip nat {
    chain pre {
      type nat hook prerouting priority dstnat;
      iifname "wan" tcp dport { 443, 8443, 9443, 9445 } dnat to 192.168.5.2
    }
  }
  table ip silent {
    chain in {
      type filter hook input priority 0;
      tcp dport 7443 drop
    }
  }`);
  await server.nft(`table inet filter {
    chain in {
      type filter hook input priority 0;
      tcp dport 8443 drop
      tcp dport 9443 reject with icmpx admin-prohibited
      tcp dport 9445 reject with tcp reset
    }
  }`);
  await server.node(
    `require('node:net').createServer().listen({ port: 443, host: '::' }, () => console.log('ready'))`,
  );
  // Duplicate address detection of the link-local addresses that neighbours are asked with (RFC 4862: a second).
  await delay(2_000);
  return { client, isp };
}

async function facts(question: TraceQuestion, of: Namespace, user?: string) {
  const ports = await of.ports(user === undefined ? {} : { user });
  const evidence = evidenceSchema.parse(await trace(question, ports, here()));
  if (evidence.probe !== 'trace' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return { ...evidence.facts, ms: evidence.ms };
}

const WAN = '81.2.2.2';
const hopsOf = (hops: readonly { address: string | null; note: string | null }[]): string[] =>
  hops.map(({ address, note }) => `${address ?? '*'} ${note ?? ''}`.trim());

describe('trace on a real kernel', () => {
  it('tells the router that passes packets on from the one that answers itself', async () => {
    const { client } = await line();
    const tcp = (port: number) => facts({ address: WAN, port, method: 'tcp', maxHops: 8 }, client);
    // One after another: a router answers a peer six times at once, then once a second.
    const forwarded = await tcp(443);
    const dropped = await tcp(8443);
    const refused = await tcp(9445);
    const prohibited = await tcp(9443);
    const own = await tcp(80);
    const closed = await tcp(7443);
    expect([forwarded.reached, hopsOf(forwarded.hops)]).toEqual([true, ['81.2.1.1', WAN, WAN]]);
    expect([dropped.reached, hopsOf(dropped.hops)]).toEqual([
      false,
      ['81.2.1.1', WAN, '*', '*', '*', '*', '*', '*'],
    ]);
    expect([refused.reached, hopsOf(refused.hops)]).toEqual([true, ['81.2.1.1', WAN, WAN]]);
    expect([prohibited.reached, hopsOf(prohibited.hops)]).toEqual([false, ['81.2.1.1', WAN, `${WAN} !X`]]);
    expect([own.reached, hopsOf(own.hops)]).toEqual([true, ['81.2.1.1', WAN]]);
    expect([closed.reached, hopsOf(closed.hops)]).toEqual([false, ['81.2.1.1', ...Array(7).fill('*')]]);
    expect(dropped.ms).toBeLessThan(3_500);
  });

  it('goes the whole way over IPv6, by each method', async () => {
    const { client } = await line();
    const way = ['2a02:1::1', '2a02:2::2', '2a02:3::2'];
    for (const question of [
      { port: 443, method: 'tcp' },
      { port: null, method: 'udp' },
      { port: null, method: 'icmp' },
    ] as const) {
      const { hops, reached } = await facts({ address: '2a02:3::2', ...question }, client);
      expect([reached, hopsOf(hops)]).toEqual([true, way]);
    }
  });

  it('needs privilege for TCP, none for UDP', async () => {
    const { client } = await line();
    const { hops } = await facts({ address: WAN, port: null, method: 'udp', maxHops: 4 }, client, 'nobody');
    expect(hopsOf(hops)).toEqual(['81.2.1.1', WAN]);
    const tcp = { address: WAN, port: 443, method: 'tcp' } as const;
    expect(await trace(tcp, await client.ports({ user: 'nobody' }), here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-privilege' },
    });
  });

  it('finds hops whose first answer was lost', async () => {
    const { client, isp } = await line();
    // Every second answer of the provider's router about time that ran out, beginning with the first.
    await isp.nft(`table ip loss {
      chain out {
        type filter hook output priority 0;
        icmp type time-exceeded numgen inc mod 2 == 0 drop
      }
    }`);
    const { hops, reached } = await facts({ address: WAN, port: 443, method: 'tcp', maxHops: 8 }, client);
    expect([reached, hopsOf(hops)]).toEqual([true, ['81.2.1.1', WAN, WAN]]);
  });

  it('says that there is no network', async () => {
    const { alone } = await namespaces('alone');
    const question = { address: '81.2.2.2', port: null, method: 'udp' } as const;
    expect(await trace(question, await alone.ports(), here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-network' },
    });
  });
});
