import { expect, test } from 'vitest';
import { freeCloudflareName, type NewRecord } from '../../src/cloud/cloudflare/free-name.ts';
import { nodePorts } from '../../src/ports/node/node-ports.ts';
import { dnsEdit, testToken } from '../engine/cloudflare/api/access.ts';
import { startCloudflareApi } from '../engine/cloudflare/api/server.ts';
import type { RecordInput } from '../engine/cloudflare/record.ts';
import { NAME, OLD4, STABLE6, VPS4, ZONE } from '../support/names.ts';

const TOKEN = testToken('free-name');
const comment = 'reach4 stack home-example-org';
const signal = new AbortController().signal;

const AAAA = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 };
const MADE = { type: 'A', name: NAME, content: VPS4, ttl: 60, comment };

/** A zone with these records, and what it holds once the name is free. */
async function freed(
  records: readonly RecordInput[],
  { type, address }: Pick<NewRecord, 'type' | 'address'> = { type: 'A', address: VPS4 },
): Promise<string[]> {
  await using api = await startCloudflareApi({
    zones: [{ name: ZONE, id: 'z', records: [...records] }],
    tokens: { [TOKEN]: dnsEdit },
  });
  const { net, clock } = nodePorts();
  const env = { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_BASE_URL: api.url };
  await freeCloudflareName({ zoneId: 'z', type, name: NAME, address, comment }, { net, clock, env }, signal);
  return (api.zones[0]?.list() ?? []).map(({ name, content }) => `${name} ${content}`);
}

test('a free name is left as it is', async () => {
  expect(await freed([AAAA, { ...MADE, name: `x.${NAME}` }])).toEqual([
    `${NAME} ${STABLE6}`,
    `x.${NAME} ${VPS4}`,
  ]);
});

test('the record that a run before has made, and not recorded, goes, so that it can be made', async () => {
  expect(await freed([AAAA, MADE])).toEqual([`${NAME} ${STABLE6}`]);
});

test('one of the same address that is not the stack\u2019s is nobody\u2019s to take out', async () => {
  await expect(freed([AAAA, { ...MADE, comment: 'mine' }])).rejects.toThrow(
    `There is an A record of ${NAME} now (${VPS4}) that this stack didn't make`,
  );
});

test('an AAAA is called one', async () => {
  await expect(freed([AAAA], { type: 'AAAA', address: STABLE6 })).rejects.toThrow(
    `There is an AAAA record of ${NAME} now (${STABLE6}) that this stack didn't make`,
  );
});

test('others beside ours stay', async () => {
  expect(await freed([MADE, { ...MADE, content: OLD4 }])).toEqual([`${NAME} ${OLD4}`]);
});
