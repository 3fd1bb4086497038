import { describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../src/model/evidence.ts';
import { resolver } from '../../src/probes/resolver.ts';
import { fakeDns } from './fake-dns.ts';
import { fakePorts, here } from './fake-ports.ts';

const NAME = 'home.example.org';
const zones = {
  'example.org': { servers: { 'ns.example.org': ['198.51.100.1'] }, records: { [NAME]: ['2001:db8::80'] } },
};

async function run(resolvers: Readonly<Record<string, Record<string, string[]>>>, signal?: AbortSignal) {
  const { dns } = fakeDns({ zones, resolvers, trouble: { '192.0.2.9': 'timed-out' } });
  const evidence = await resolver(NAME, fakePorts({ dns }), here(signal));
  return evidence.map((item) => evidenceSchema.parse(item));
}

describe('resolver', () => {
  it('keeps what each resolver answers for both types', async () => {
    const evidence = await run({ '192.0.2.53': {}, '192.0.2.9': {} });
    expect(evidence).toMatchObject([
      {
        id: 'resolver:here:192.0.2.53',
        status: 'ok',
        facts: { server: '192.0.2.53', a: { outcome: 'no-data' }, aaaa: { outcome: 'answer' } },
        how: `dig @192.0.2.53 ${NAME} A ${NAME} AAAA`,
      },
      { id: 'resolver:here:192.0.2.9', status: 'ok', facts: { a: { outcome: 'timed-out' } } },
    ]);
  });

  it('gives the others three seconds more once one has answered', async () => {
    const { dns } = fakeDns({ zones, resolvers: { '192.0.2.53': {}, '192.0.2.9': {} } });
    const slept: number[] = [];
    const ports = fakePorts({
      clock: {
        sleep: async (ms) => {
          slept.push(ms);
        },
      },
      dns: {
        ...dns,
        ask: (question, signal) =>
          question.server === '192.0.2.53'
            ? dns.ask(question, signal)
            : new Promise((resolve) => {
                signal.addEventListener('abort', () => resolve(dns.ask(question, signal)));
              }),
      },
    });
    expect(await resolver(NAME, ports, here())).toMatchObject([
      { facts: { aaaa: { outcome: 'answer' } } },
      { status: 'ok', facts: { a: { outcome: 'timed-out' }, aaaa: { outcome: 'timed-out' } } },
    ]);
    expect(slept).toEqual([3000]);
  });

  it('asks three at most', async () => {
    expect(await run({ '192.0.2.1': {}, '192.0.2.2': {}, '192.0.2.3': {}, '192.0.2.4': {} })).toHaveLength(3);
  });

  it('says that there is none', async () => {
    expect(await run({})).toMatchObject([{ status: 'failed', reason: { code: 'no-network' } }]);
  });

  it('says that it was interrupted', async () => {
    expect(await run({ '192.0.2.53': {} }, AbortSignal.abort())).toMatchObject([
      { status: 'failed', reason: { code: 'interrupted' } },
    ]);
  });
});
