import { expect, test } from 'vitest';
import { comingBack } from '../../src/model/coming-back.ts';
import { nameRecordsSchema, type WantedRecord } from '../../src/model/name-records.ts';
import type { ZoneRecord } from '../../src/model/zone-records.ts';
import { NAME, OLD4, STABLE6 } from '../support/names.ts';

const found = (more: Partial<ZoneRecord>): ZoneRecord => ({
  id: 'six',
  type: 'AAAA',
  name: NAME,
  content: STABLE6,
  ttl: 300,
  proxied: false,
  comment: null,
  tags: [],
  settings: {},
  ...more,
});
const six = found({});
const four = found({ id: 'four', type: 'A', content: OLD4 });
const edge: WantedRecord = {
  type: 'AAAA',
  content: STABLE6,
  ttl: 1,
  proxied: true,
  comment: null,
  tags: [],
  recordId: 'six',
};
const cname: WantedRecord = { ...edge, type: 'CNAME', content: 'f0.cfargotunnel.com', recordId: null };
const args = { zoneId: 'z', name: NAME, records: [edge], previous: [six, four], back: [six, four] };

/** What the schema says against it. */
const said = (more: object): string[] =>
  (nameRecordsSchema.safeParse({ ...args, ...more }).error?.issues ?? []).map(({ message }) => message);

test('what a proxy and a tunnel need is taken', () => {
  expect(said({})).toEqual([]);
  expect(said({ records: [cname] })).toEqual([]);
  expect(said({ records: [{ ...edge, content: null }], back: [six] })).toEqual([]);
});

test.each([
  ['a record of another name', { previous: [six, found({ id: 'x', name: `x.${NAME}` })] }, 'of another name'],
  ['one that comes back', { back: [six, { ...four, name: `x.${NAME}` }] }, 'of another name'],
  ['a place that was not found', { records: [{ ...edge, recordId: 'x' }] }, 'was not found at the name'],
  ['a place of another type', { records: [{ ...edge, recordId: 'four' }] }, 'was not found at the name'],
  ['the same place twice', { records: [edge, edge] }, 'in the same place'],
  ["a record of a type that isn't the stack's", { types: ['A'] }, "not the stack's"],
  ['a CNAME beside an address', { records: [edge, cname] }, 'stands alone'],
  ['an AAAA that does not come back', { back: [four] }, 'does not come back'],
  ['one that was not there', { previous: [six] }, 'was not there'],
  ['a TTL of a proxied record', { records: [{ ...edge, ttl: 300 }] }, 'automatic'],
  [
    'a new record without content',
    { records: [{ ...edge, content: null, recordId: null }] },
    'needs a content',
  ],
  ['an address of the other family', { records: [{ ...edge, content: OLD4 }] }, 'not of the record type'],
  ['a CNAME to an address', { records: [{ ...cname, content: OLD4 }] }, 'not of the record type'],
])('refused: %s', (_what, more, sentence) => {
  expect(said(more).join()).toContain(sentence);
});

test('an AAAA comes back always, an A where it was said so', () => {
  expect(comingBack({ previous: [six, four], restore: true })).toEqual([six, four]);
  expect(comingBack({ previous: [six, four], restore: false })).toEqual([six]);
});
