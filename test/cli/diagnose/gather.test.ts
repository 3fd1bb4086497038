import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { PROTOCOL } from '../../../src/agent/protocol.ts';
import type { DiagnoseOptions } from '../../../src/cli/diagnose/options.ts';
import { seen } from '../../../src/model/evidence.ts';
import { parseTarget } from '../../../src/model/target.ts';
import { agentVantage } from '../../../src/outside/agent.ts';
import type { HttpRequest } from '../../../src/ports/ports.ts';
import { LAN4, NAME, OLD4, STABLE6, WAN4 } from '../../support/names.ts';
import { gathered, outcomes, world } from './world.ts';

const AGENT: DiagnoseOptions['outside'] = [
  agentVantage({
    url: 'http://vps.example.net:4460',
    token: 'k7vXq2mB9sTzWc4LhRjN6pYdUe3GaF8K',
    label: 'outside-1',
  }),
];
const BASE = [
  'addresses:here:own',
  `delegation:here:${NAME}`,
  `os-lookup:here:${NAME}`,
  'resolver:here:192.0.2.53',
  'resolver:here:192.0.2.54',
  'vantage:here:self',
];
const SEEN = ['ipv4:one', 'ipv4:two', 'ipv6:one', 'ipv6:two'].map(
  (each) => `whoami:here:${each}.example.net`,
);
const tried = (...addresses: string[]) => addresses.map((address) => `reach:here:${address}`);

describe('all that was seen is kept', () => {
  const names = [...BASE, ...SEEN];

  test.each<[string, Parameters<typeof world>[0]]>([
    ['all probes end at the same moment', {}],
    ['all a moment later', { pace: { dns: 20, http: 20, tcp: 20, lookup: 20 } }],
    ['DNS last', { pace: { dns: 30, http: 5, tcp: 5 } }],
    ['DNS first', { pace: { dns: 5, http: 30, lookup: 40 } }],
  ])('%s', async (_, given) => {
    const a = ['81.2.99.10', '81.2.99.11', '81.2.99.12'];
    const { ids, open } = await gathered(world({ a, ...given }));
    expect(ids).toEqual([...names, ...tried(...a, WAN4, STABLE6)].sort());
    expect(open).toEqual([]);
  });

  test('also what an agent says, or that it says nothing', async () => {
    const { evidence, ids, open } = await gathered(world({}), { outside: AGENT });
    const outside = [`reach:outside-1:${WAN4}`, `reach:outside-1:${STABLE6}`, 'resolver:outside-1:system'];
    expect(ids).toEqual([...names, 'place:outside-1:self', ...tried(WAN4, STABLE6), ...outside].sort());
    expect(outcomes(evidence)).toMatchObject(Object.fromEntries(outside.map((id) => [id, 'unreachable'])));
    expect(open).toEqual([]);
  });

  test('each piece has an id of its own, also where two services share a host', async () => {
    const services = ['https://me.example.net/v4', 'https://me.example.net/plain'];
    const { ids } = await gathered(world({}), { whoami: services });
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('what may not be asked is skipped, with the reason', async () => {
    const { evidence } = await gathered(world({}), { whoami: [], whoamiSkipped: 'not-consented' });
    expect(outcomes(evidence)).toMatchObject({ 'whoami:here:services': 'not-consented' });
  });

  test('a literal target needs no names', async () => {
    const { ids } = await gathered(world({}), { target: parseTarget(`[${STABLE6}]:443`) });
    expect(ids.filter((id) => /^(?:resolver|delegation|os-lookup):/u.test(id))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(tried(STABLE6, WAN4)));
  });

  test('a UDP target is asked in what is usual on its port, and never by a connection', async () => {
    const the = world({});
    const { evidence } = await gathered(the, { target: parseTarget(`udp://${NAME}:27015`) });
    const looks = seen(evidence, 'udp-reach').map(({ facts }) => [facts.address, facts.port, facts.protocol]);
    expect(looks.toSorted()).toEqual([STABLE6, WAN4].map((address) => [address, 27015, 'source-query']));
    expect(seen(evidence, 'reach')).toEqual([]);
    expect(the.dialled).toEqual([]);
  });
});

describe('the signal aborts', () => {
  /** Longest end after the signal, milliseconds: no time-out of a probe is as short, also on a busy machine. */
  const AT_ONCE = 1_000;

  async function interrupted(given: Parameters<typeof world>[0], afterMs: number) {
    const interrupt = new AbortController();
    if (afterMs === 0) interrupt.abort();
    else setTimeout(() => interrupt.abort(), afterMs);
    const started = performance.now();
    const result = await gathered(world(given), { outside: AGENT }, interrupt.signal);
    expect(performance.now() - started).toBeLessThan(afterMs + AT_ONCE);
    expect(result.open).toEqual([]);
    return outcomes(result.evidence);
  }
  const allNever = { dns: 'never', http: 'never', tcp: 'never', lookup: 'never' } as const;
  const lost = [
    `delegation:here:${NAME}`,
    `os-lookup:here:${NAME}`,
    'resolver:here:192.0.2.53',
    'resolver:here:192.0.2.54',
    ...SEEN,
  ];
  const interruptedAll = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 'interrupted']));

  test('before anything began', async () => {
    expect(await interrupted({ pace: allNever }, 0)).toMatchObject(interruptedAll(lost));
  });

  test('while nobody answers anything', async () => {
    const result = await interrupted({ pace: allNever }, 100);
    expect(result).toMatchObject({ ...interruptedAll(lost), 'addresses:here:own': 'ok' });
    expect(Object.keys(result).filter((id) => id.startsWith('reach:here'))).toEqual([]);
  });

  test('while DNS is silent: how services see this machine is kept', async () => {
    const result = await interrupted({ pace: { dns: 'never' } }, 100);
    expect(result).toMatchObject(Object.fromEntries(SEEN.map((id) => [id, 'ok'])));
    expect(result['resolver:here:192.0.2.53']).toBe('interrupted');
    // A silent resolver keeps nobody from looking at what others told.
    expect(result[`reach:here:${WAN4}`]).toBe('ok');
  });

  test('while services are silent: what DNS says is kept', async () => {
    const result = await interrupted({ pace: { http: 'never' } }, 100);
    expect(result).toMatchObject({ 'resolver:here:192.0.2.53': 'ok', [`os-lookup:here:${NAME}`]: 'ok' });
    expect(result).toMatchObject(interruptedAll(SEEN));
  });

  test('while connections hang: names are kept, and what was tried says so', async () => {
    const result = await interrupted({ pace: { tcp: 'never' } }, 150);
    expect(result).toMatchObject({
      ...Object.fromEntries(
        [...BASE, ...SEEN].filter((id) => !id.startsWith('delegation')).map((id) => [id, 'ok']),
      ),
      ...interruptedAll(tried(WAN4, STABLE6)),
    });
  });

  test('while an agent is silent: what was seen from here is kept', async () => {
    const silentAgent = world({});
    const { http } = silentAgent.ports.net;
    const never = world({ pace: { http: 'never' } }).ports.net.http;
    const ask: typeof http = (request, signal) => (request.method === 'POST' ? never : http)(request, signal);
    const ports = { ...silentAgent.ports, net: { ...silentAgent.ports.net, http: ask } };
    const { evidence } = await gathered({ ports }, { outside: AGENT }, AbortSignal.timeout(600));
    expect(outcomes(evidence)).toMatchObject({
      [`reach:here:${WAN4}`]: 'ok',
      [`reach:here:${STABLE6}`]: 'ok',
      [`reach:outside-1:${WAN4}`]: 'interrupted',
      'resolver:outside-1:system': 'interrupted',
    });
  });
});

describe('where connections go', () => {
  const many = Array.from({ length: 30 }, (_, index) => `81.2.100.${index + 1}`);
  const LOCAL = [LAN4, '10.0.0.1', '100.64.1.1', '127.0.0.1', '169.254.169.254', '0.0.0.0', '224.0.0.1'];
  const LOCAL6 = ['::1', 'fe80::1', 'fd00::1', 'ff02::1', '64:ff9b::a9fe:a9fe'];

  /** What an agent is asked to dial, had it accepted the caller. */
  function agentAsked() {
    const asked: string[] = [];
    const agent = ({ url, body = '' }: HttpRequest) => {
      asked.push(...(body.match(/"address":"[^"]+"/gu) ?? []));
      const challenge = { protocol: PROTOCOL, challenge: 'c'.repeat(40) };
      const status = url.endsWith('/challenge') ? 200 : 503;
      return { ok: true, status, headers: {}, body: JSON.stringify(challenge), ms: 1 } as const;
    };
    return { asked, agent };
  }

  test('to eight addresses at most, each of them three times', async () => {
    const { asked, agent } = agentAsked();
    const the = world({ a: many, own: many.slice(10, 25), agent });
    await gathered(the, { outside: AGENT });
    expect(new Set(the.dialled).size).toBe(8);
    expect(the.dialled).toHaveLength(3 * 8);
    expect(asked).toHaveLength(8);
  });

  test('to public addresses only', async () => {
    const { asked, agent } = agentAsked();
    const the = world({ a: [...LOCAL, OLD4], aaaa: LOCAL6, own: [...LOCAL, ...LOCAL6], seen4: LAN4, agent });
    await gathered(the, { outside: AGENT, from: 'server' });
    expect(new Set(the.dialled)).toEqual(new Set([OLD4]));
    expect(asked).toEqual([`"address":"${OLD4}"`]);
  });

  test.each([LAN4, '127.0.0.1', '[::1]', '[fd00::1]', '[::ffff:10.0.0.1]'])(
    'nowhere for %s, which is another host elsewhere',
    async (literal) => {
      const { asked, agent } = agentAsked();
      const the = world({ agent });
      const quiet = { whoami: [], whoamiSkipped: 'not-applicable' } as const;
      await gathered(the, { ...quiet, target: parseTarget(`${literal}:443`), outside: AGENT });
      expect([...the.dialled, ...asked]).toEqual([]);
    },
  );
});
