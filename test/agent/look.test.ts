import { afterEach, expect, it, vi } from 'vitest';
import { look } from '../../src/agent/look.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { reach } from '../../src/probes/reach.ts';
import { lookAt, V4, V6, world } from './support.ts';

vi.mock('../../src/probes/reach.ts');
afterEach(() => vi.resetAllMocks());

const signal = new AbortController().signal;
const hint = { protocol: 'tls', name: null, path: '/' } as const;

it.each<[string, (net: Ports['net']) => Promise<unknown>]>([
  ['another address', (net) => net.connect(V6, 443, 1, signal)],
  ['another port', (net) => net.connect(V4, 22, 1, signal)],
  ['another service', (net) => net.identify(V6, 443, hint, 1, signal)],
  [
    'the web',
    (net) => net.http({ url: 'http://x', method: 'GET', headers: {}, timeoutMs: 1, maxBytes: 1 }, signal),
  ],
])('a probe that goes astray reaches nothing: %s', async (_what, stray) => {
  const { ports, dialled } = world();
  vi.mocked(reach).mockImplementation(async (_question, { net }): Promise<Evidence> => {
    await stray(net);
    throw new Error('it got there');
  });
  await expect(look(lookAt(V4), new Map(), ports, signal)).rejects.toThrow(/nobody asked for/u);
  expect(dialled).toEqual([]);
});
