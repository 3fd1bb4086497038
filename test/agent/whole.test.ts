import { afterEach, describe, expect, it } from 'vitest';
import { lookFromOutside } from '../../src/agent/client.ts';
import type { LookRequest } from '../../src/agent/protocol.ts';
import { startAgent } from '../../src/agent/server.ts';
import { UserError } from '../../src/model/error.ts';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { type HttpServer, nodeHttpListener } from '../../src/ports/node/http-server.ts';
import type { Net } from '../../src/ports/ports.ts';
import { lookAt, REQUEST, TOKEN, V4, V6, world } from './support.ts';

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function agentOn(listen = '[::]:0', the = world()) {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const server = await startAgent({
    listen,
    token: TOKEN,
    ports: the.ports,
    listener: nodeHttpListener,
    log,
  });
  running.push(server);
  return { port: server.port, url: `http://127.0.0.1:${server.port}`, lines, server, ...the };
}

interface Ask {
  readonly url: string;
  readonly token?: string;
  readonly request?: LookRequest;
  readonly net?: Net;
  readonly signal?: AbortSignal;
}

/** Asks as `diagnose` does; what comes back is always valid evidence of the outside, with our ids. */
async function ask({ url, token = TOKEN, request = REQUEST, net, signal }: Ask) {
  const { ports } = world();
  const evidence = await lookFromOutside(
    { url, token, request, label: 'outside-1' },
    { ...ports, net: net ?? ports.net },
    signal ?? new AbortController().signal,
  );
  for (const item of evidence) {
    evidenceSchema.parse(item);
    expect(item.vantage).toBe('outside');
    expect(item.id.split(':')[1]).toBe('outside-1');
  }
  expect(JSON.stringify(evidence)).not.toContain(TOKEN);
  return evidence;
}

describe('a look from outside', () => {
  it('sees both families and what the resolver says', async () => {
    const agent = await agentOn();
    for (const host of ['127.0.0.1', '[::1]']) {
      const evidence = await ask({ url: `http://${host}:${agent.port}/` });
      expect(evidence).toMatchObject([
        {
          id: `reach:outside-1:${V4}`,
          status: 'ok',
          how: `nc -vz -w 4 ${V4} 443`,
          facts: { family: 'ipv4', address: V4, port: 443, roles: ['a-record'], identity: { kind: 'tls' } },
        },
        {
          id: `reach:outside-1:${V6}`,
          status: 'ok',
          facts: {
            family: 'ipv6',
            address: V6,
            port: 443,
            roles: ['aaaa-record'],
            identity: { kind: 'tls' },
          },
        },
        {
          id: 'resolver:outside-1:9.9.9.9',
          status: 'ok',
          how: 'dig @9.9.9.9 home.example.org A home.example.org AAAA',
          facts: {
            server: '9.9.9.9',
            a: { addresses: [{ address: V4 }] },
            aaaa: { addresses: [{ address: V6 }] },
          },
        },
      ]);
    }
    expect(agent.lines.map((line) => line.split(' ')[1])).toEqual(['127.0.0.1', '::1']);
    expect(agent.lines.join()).not.toContain(TOKEN);
  });

  it('tells outcomes apart', async () => {
    const outcomes = { [V4]: 'timed-out', [V6]: 'icmp-unreachable' } as const;
    const connect = async (address: string) =>
      ({ outcome: address === V4 ? outcomes[V4] : outcomes[V6], code: 'E', ms: 4000 }) as const;
    const { url } = await agentOn('127.0.0.1:0', world({ connect }));
    const facts = (await ask({ url })).map((item) => (item.status === 'ok' ? item.facts : null));
    expect(facts).toMatchObject([
      { attempts: Array(3).fill({ outcome: 'timed-out' }), identity: null },
      { attempts: Array(3).fill({ outcome: 'icmp-unreachable' }), identity: null },
      { server: '9.9.9.9' },
    ]);
  });

  it('says what the agent refuses, and what is left out', async () => {
    const { url } = await agentOn();
    const list = ['10.0.0.1', ...Array.from({ length: 8 }, (_, index) => `45.0.0.${index + 1}`)];
    const addresses = list.map((address) => ({ address, roles: ['given' as const] }));
    const evidence = await ask({ url, request: { ...REQUEST, addresses, resolve: null } });
    expect(evidence).toHaveLength(9);
    expect(evidence[0]).toMatchObject({ status: 'failed', reason: { code: 'refused', detail: /private/u } });
    expect(evidence.slice(1, 8).every(({ status }) => status === 'ok')).toBe(true);
    expect(evidence[8]).toMatchObject({ status: 'skipped', reason: { code: 'refused' } });
  });

  it('asks for a path as it may stand in a request', async () => {
    const { url } = await agentOn();
    const hint = { ...REQUEST.hint, protocol: 'http' as const, path: '/ä b?ü=1' };
    expect(await ask({ url, request: { ...REQUEST, hint } })).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
      {},
    ]);
  });

  it('works through a TLS proxy that puts the agent under a path', async () => {
    const agent = await agentOn();
    const { net } = world().ports;
    const asked: string[] = [];
    const proxied: Net = {
      ...net,
      http: (request, signal) => {
        asked.push(request.url);
        const url = request.url.replace('https://vps.example.net/agent', agent.url);
        return net.http({ ...request, url }, signal);
      },
    };
    const evidence = await ask({ url: 'https://vps.example.net/agent/', net: proxied });
    expect(evidence.every(({ status }) => status === 'ok')).toBe(true);
    expect(asked).toEqual([
      'https://vps.example.net/agent/v2/challenge',
      'https://vps.example.net/agent/v2/look',
    ]);
  });

  it('never shows the token to anyone', async () => {
    const agent = await agentOn();
    const { net } = world().ports;
    const seen: string[] = [];
    const spied: Net = {
      ...net,
      http: async (request, signal) => {
        const result = await net.http(request, signal);
        seen.push(JSON.stringify([request, result]));
        return result;
      },
    };
    await ask({ url: agent.url, net: spied });
    await ask({ url: agent.url, net: spied, token: TOKEN.toLowerCase() });
    expect(seen).toHaveLength(4);
    for (const form of [TOKEN, btoa(TOKEN), Buffer.from(TOKEN).toString('hex')]) {
      expect(`${seen.join()}${agent.lines.join()}`).not.toContain(form);
    }
  });
});

describe('what stands in the way is the reason', () => {
  const reasons = async (request: Ask) =>
    (await ask(request)).map((item) => (item.status === 'ok' ? item.status : item.reason));
  const thrice = (code: string, detail: RegExp) =>
    Array(3).fill({ code, detail: expect.stringMatching(detail) });

  it('another token', async () => {
    const { url } = await agentOn();
    const token = TOKEN.toLowerCase();
    expect(await reasons({ url, token })).toEqual(
      thrice('unauthorised', /caller's token isn't the agent's/u),
    );
  });

  it('no agent', async () => {
    const { url, server } = await agentOn();
    await server.close();
    expect(await reasons({ url })).toEqual(thrice('unreachable', /can't be asked: ECONNREFUSED/u));
  });

  it('too many looks', async () => {
    const { url } = await agentOn();
    for (let port = 1; port <= 12; port += 1) await ask({ url, request: lookAt(V4, port) });
    expect(await reasons({ url })).toEqual(thrice('refused', /12 ports of one address.*Ask again in \d+ s/u));
  });

  it('the user, who has had enough', async () => {
    const { url } = await agentOn('[::]:0', world({ connect: () => new Promise(() => {}), speed: 1 }));
    const signal = AbortSignal.timeout(100);
    expect(await reasons({ url, signal })).toEqual(Array(3).fill({ code: 'interrupted' }));
  });
});

describe('startAgent', () => {
  it.each(['4460', ':4460', 'localhost:4460', '::4460', '[::]', '[::]:65536', '1.2.3:80', '[::]:x'])(
    "can't listen on %s",
    async (listen) => {
      await expect(agentOn(listen)).rejects.toThrow(UserError);
      await expect(agentOn(listen)).rejects.toThrow(/expected ADDRESS:PORT/u);
    },
  );

  it('says so where the port is taken, or the address is not here', async () => {
    const { port } = await agentOn('127.0.0.1:0');
    await expect(agentOn(`127.0.0.1:${port}`)).rejects.toThrow(/another program listens there/u);
    await expect(agentOn('81.2.99.2:0')).rejects.toThrow(/isn't one of this machine's/u);
  });

  it('does without IPv6 where the machine has none', async () => {
    const asked: string[] = [];
    const listener = {
      listen: async ({ address }: { address: string }) => {
        asked.push(address);
        if (address === '::') throw Object.assign(new Error('no IPv6'), { code: 'EAFNOSUPPORT' });
        return { port: 4460, close: async () => {} };
      },
    };
    await startAgent({ listen: '[::]:4460', token: TOKEN, ports: world().ports, listener, log: () => {} });
    expect(asked).toEqual(['::', '0.0.0.0']);
  });
});
