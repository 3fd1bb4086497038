import { expect, test } from 'vitest';
import { AddressRecord } from '../../src/components/dns-record.ts';
import { PreviousRecords } from '../../src/components/previous-records.ts';
import type { PlannedRecord } from '../../src/model/zone-records.ts';
import { NAME, WAN4 } from '../support/names.ts';
import { type Registered, underMocks } from './mocks.ts';
import { record } from './plans.ts';

async function dnsRecord(planned: PlannedRecord, stays = false): Promise<Registered | undefined> {
  const all = await underMocks(async () => {
    const holder = new PreviousRecords('holder', { zoneId: 'zone', previous: [], setAside: [] });
    const made = new AddressRecord('r', { zoneId: 'zone', record: planned, holder, stays });
    await new Promise((resolve) => made.urn.apply(resolve));
    await new Promise((resolve) => made.content.apply(resolve));
  });
  expect(all.map(({ type }) => type)).toContain('reach4:dns:AddressRecord');
  return all.find(({ type }) => type === 'cloudflare:index/dnsRecord:DnsRecord');
}

test('a new record: name in full, only what was planned, nothing that drifts', async () => {
  expect(await dnsRecord(record())).toMatchObject({
    name: 'r',
    importId: '',
    inputs: { zoneId: 'zone', name: NAME, type: 'A', content: WAN4, ttl: 300, proxied: false },
  });
  const { inputs = {} } = (await dnsRecord(record({ comment: null }))) ?? {};
  expect(
    Object.keys(inputs)
      .filter((key) => inputs[key] !== undefined)
      .sort(),
  ).toEqual(['content', 'name', 'proxied', 'ttl', 'type', 'zoneId']);
});

test('an adopted record is imported by zone and id, with its tags', async () => {
  const adopted = await dnsRecord(record({ adopt: { recordId: 'old' }, tags: ['a:b'] }), true);
  expect(adopted).toMatchObject({ importId: 'zone/old', inputs: { tags: ['a:b'] } });
});

test('a proxied record has the TTL "automatic"', async () => {
  expect(await dnsRecord(record({ proxied: true }))).toMatchObject({ inputs: { ttl: 1, proxied: true } });
});
