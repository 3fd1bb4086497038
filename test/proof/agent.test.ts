import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { agentWay } from '../../src/proof/agent.ts';
import type { Question } from '../../src/proof/question.ts';

const { signal } = new AbortController();
const ADDRESSES = ['2a05:d014::1', '81.2.99.2'];

/** Something that is no agent. */
const server = createServer((_, response) => response.writeHead(404).end('not here'));
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const question = (kind: Question['kind']): Question => ({
  label: 'x',
  kind,
  port: 443,
  hint: { protocol: 'tls', name: 'home.example.org', path: '/' },
  planned: null,
});
const way = () => {
  const token = async () => 'a token of thirty-two characters, or so'.replaceAll(' ', '_');
  return agentWay({ url, token }, ADDRESSES, nodePorts());
};

test('what stands in the way of asking it proves nothing, and is told', async () => {
  const seen = await way().look(question('tls'), signal);
  expect(seen).toMatchObject({ state: 'waiting', by: 'nobody' });
  expect(seen?.state === 'waiting' ? seen.why : '').toMatch(/agent/u);
});

test('it is not asked about datagrams, and one service at a time', async () => {
  expect(await way().look(question('udp'), signal)).toBeNull();
  expect(way().isFree).toBe(false);
});
