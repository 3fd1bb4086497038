import { expect, test } from 'vitest';
import { addressSets } from '../../src/components/address-sets.ts';
import {
  PREVIOUS_RECORD_SETS_TYPE as HOLDER,
  RECORD_SET_TYPE as SET,
} from '../../src/components/type-names.ts';
import type { RecordsAtRoute53 } from '../../src/model/plan.ts';
import type { RecordSet } from '../../src/model/record-set.ts';
import { NAME, OLD4, OLD6, STABLE6, WAN4 } from '../support/names.ts';
import { type Registered, underMocks } from './mocks.ts';
import { plannedSet, setsPlan } from './set-plans.ts';

const old: RecordSet = { type: 'A', name: NAME, ttl: 1800, values: [OLD4] };
const six: RecordSet = { type: 'AAAA', name: NAME, ttl: 1800, values: [OLD6] };

const made = (more: Partial<RecordsAtRoute53>): Promise<Registered[]> =>
  underMocks(() => addressSets(setsPlan(more), { guard: null }));
const of = (all: readonly Registered[], type: string) => all.filter((one) => one.type === type);

test('a new set overwrites none; the holder is always there', async () => {
  const all = await made({});
  expect(of(all, SET)).toMatchObject([
    {
      name: `${NAME}-A`,
      importId: '',
      inputs: { zoneId: 'Z1', name: NAME, type: 'A', ttl: 300, records: [WAN4] },
    },
  ]);
  expect(of(all, SET)[0]?.inputs).not.toHaveProperty('allowOverwrite');
  expect(of(all, HOLDER)).toMatchObject([{ inputs: { zoneId: 'Z1', previous: [], taken: [] } }]);
});

test('one that is taken over is imported, and only while it is what it was; what it was is held', async () => {
  const taken = plannedSet({ ttl: 1800, adopt: { ttl: 1800, values: [OLD4] } });
  const all = await made({ records: [taken], previous: [old] });
  expect(of(all, SET)).toMatchObject([{ importId: `Z1_${NAME}_A` }]);
  expect(of(all, SET)[0]?.inputs).not.toHaveProperty('allowOverwrite');
  expect(of(all, HOLDER)[0]?.inputs).toMatchObject({
    previous: [old],
    taken: [{ type: 'A', name: NAME, ttl: 1800, from: [OLD4], to: [WAN4] }],
  });
});

test('with --no-restore only the AAAA comes back', async () => {
  const records = [
    plannedSet({ adopt: { ttl: 1800, values: [OLD4] } }),
    plannedSet({ type: 'AAAA', values: [STABLE6], adopt: { ttl: 1800, values: [OLD6] } }),
  ];
  const all = await made({ records, previous: [old, six], restore: false });
  expect(of(all, HOLDER)).toMatchObject([{ inputs: { previous: [six] } }]);
});

test('one whose content is left is imported, and nothing is expected of it', async () => {
  const left = plannedSet({ values: [OLD4], adopt: { ttl: 60, values: [OLD4] }, leaveContent: true });
  const all = await made({ records: [left] });
  expect(of(all, SET)).toMatchObject([{ importId: `Z1_${NAME}_A` }]);
  expect(of(all, HOLDER)).toMatchObject([{ inputs: { previous: [], taken: [] } }]);
});
