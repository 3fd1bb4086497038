import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../../src/model/evidence.ts';
import { watchArrivals } from '../../../src/probes/arrivals.ts';
import { here } from '../fake-ports.ts';
import { joined, type Namespace, namespaces } from '../namespaces.ts';

/** Two machines on the same cable; the server's end is a port of a bridge that has its addresses. */
async function pair(): Promise<{ client: Namespace; server: Namespace }> {
  const { client, server } = await namespaces('client', 'server');
  await joined(client, 'c0', server, 'port');
  await client.ip(
    'addr add 81.2.1.2/24 dev c0\naddr add 10.0.0.2/24 dev c0\naddr add 2a02:1::2/64 dev c0 nodad',
  );
  await server.ip(
    'link add br0 type bridge\nlink set port master br0\nlink set br0 up\naddr add 81.2.1.3/24 dev br0\naddr add 10.0.0.3/24 dev br0\naddr add 2a02:1::3/64 dev br0 nodad',
  );
  await server.nft(`table inet filter {
    chain in {
      type filter hook input priority 0;
      tcp dport 8443 drop
      tcp dport 9443 reject with icmpx admin-prohibited
    }
  }`);
  await server.node(
    `require('node:net').createServer().listen({ port: 443, host: '::' }, () => console.log('ready'))`,
  );
  return { client, server };
}

const SERVER = ['81.2.1.3', '2a02:1::3'];

/** Connects once to each, one after another, and waits for no more than 200 ms. */
const dial = (from: Namespace, hosts: readonly string[], ports: readonly number[]) =>
  from.run(process.execPath, [
    '-e',
    `(async () => { for (const host of ${JSON.stringify(hosts)}) for (const port of ${JSON.stringify(ports)}) await new Promise((resolve) => {
      const socket = require('node:net').connect({ host, port });
      const end = () => { socket.destroy(); resolve(); };
      socket.on('connect', end).on('error', end);
      setTimeout(end, 200);
    }); })()`,
  ]);

async function watched(server: Namespace, meanwhile: () => Promise<unknown>) {
  const witness = await watchArrivals({ port: 443, protocol: 'tcp' }, await server.ports(), here());
  await meanwhile();
  const evidence = evidenceSchema.parse(await witness.stop());
  if (evidence.probe !== 'arrivals' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts;
}

describe('arrivals on a real kernel', () => {
  it('sees what came, also what the firewall dropped, and what was answered', async () => {
    const { client, server } = await pair();
    const { arrivals, replies, watchedMs } = await watched(server, () =>
      dial(client, SERVER, [443, 8443, 9443, 9444]),
    );
    expect(
      arrivals.map(({ family, port, packets, interface: name }) => `${family} ${port} ${packets} ${name}`),
    ).toEqual([
      'ipv4 443 1 br0',
      'ipv6 443 1 br0',
      'ipv4 8443 1 br0',
      'ipv4 9443 1 br0',
      'ipv4 9444 1 br0',
      'ipv6 8443 1 br0',
      'ipv6 9443 1 br0',
      'ipv6 9444 1 br0',
    ]);
    expect(arrivals.every(({ sourcePorts }) => sourcePorts.length === 1)).toBe(true);
    expect(arrivals[0]).toMatchObject({ from: '81.2.1.2', to: '81.2.1.3' });
    expect(
      replies.map(({ family, port, kind, packets }) => `${family} ${port} ${kind} ${packets}`).sort(),
    ).toEqual([
      'ipv4 443 syn-ack 1',
      'ipv4 9443 icmp 1',
      'ipv4 9444 rst 1',
      'ipv6 443 syn-ack 1',
      'ipv6 9443 icmp 1',
      'ipv6 9444 rst 1',
    ]);
    expect(watchedMs).toBeGreaterThan(300);
  });

  it('sees neighbours, and not what it sends itself', async () => {
    const { client, server } = await pair();
    const { arrivals } = await watched(server, async () => {
      await dial(client, ['10.0.0.3'], [443]);
      await dial(server, ['81.2.1.2'], [443]);
    });
    expect(arrivals.map(({ to, port }) => [to, port])).toEqual([['10.0.0.3', 443]]);
  });

  it('needs privilege', async () => {
    const { server } = await namespaces('server');
    const witness = await watchArrivals(
      { port: 443, protocol: 'tcp' },
      await server.ports({ user: 'nobody' }),
      here(),
    );
    expect(await witness.stop()).toMatchObject({ status: 'failed', reason: { code: 'no-privilege' } });
  });
});
