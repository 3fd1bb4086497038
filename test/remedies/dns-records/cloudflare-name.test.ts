import { describe, expect, test } from 'vitest';
import type { FoundRecord, NameInZone } from '../../../src/model/zone-records.ts';
import {
  type NameCase,
  NOTHING_AT_NAME,
  takeOverName,
} from '../../../src/remedies/dns-records/cloudflare-name.ts';
import { NAME, OLD4, STABLE6, ZONE } from '../../support/names.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const found = (more: Partial<FoundRecord> = {}): FoundRecord => ({
  id: 'six',
  type: 'AAAA',
  name: NAME,
  content: STABLE6,
  ttl: 1800,
  proxied: false,
  comment: 'home',
  tags: [],
  settings: {},
  modifiedOn: '2026-01-01T00:00:00Z',
  ...more,
});
const six = found();
const four = found({ id: 'four', type: 'A', content: OLD4 });
const was = ({ modifiedOn: _, ...record }: FoundRecord) => record;
const held = (more: Partial<NameInZone> = {}): NameInZone => ({
  zone: { id: 'z', name: ZONE, status: 'active' },
  addresses: [six, four],
  cname: null,
  delegatedAt: null,
  ...more,
});
const flags = { adopt: false, leaveContent: false, ownContent: false };
const adopt = { ...flags, adopt: true };
const take = (more: Partial<NameCase> = {}) =>
  takeOverName({
    name: NAME,
    held: held(),
    flags: adopt,
    stack: NOTHING_AT_NAME,
    seen: { A: [OLD4], AAAA: [STABLE6] },
    canLeave: ({ type }) => type === 'AAAA',
    stackName: 'home',
    now: NOW,
    ...more,
  });
const refused = (more: Partial<NameCase>) => {
  const outcome = take(more);
  return outcome.ok ? [] : outcome.refusals;
};

describe('what is in the way', () => {
  const proxied = found({ proxied: true, ttl: 1 });
  const zone = { id: 'z', name: ZONE, status: 'pending' };
  test.each([
    ['no zone', { held: null }, { code: 'no-zone', name: NAME }],
    [
      'a zone that nobody is led to',
      { held: held({ zone }) },
      { code: 'zone-not-active', zone: ZONE, status: 'pending' },
    ],
    [
      'an alias',
      { held: held({ cname: 'x.example.net' }) },
      { code: 'cname', name: NAME, to: 'x.example.net' },
    ],
    ['other servers', { held: held({ delegatedAt: NAME }) }, { code: 'delegated', name: NAME, at: NAME }],
    ['the proxy', { held: held({ addresses: [proxied] }) }, { code: 'proxied', records: [proxied] }],
    ['records of others', { flags }, { code: 'exists', records: [six, four] }],
  ])('%s', (_what, more, refusal) => {
    expect(refused(more)).toEqual([refusal]);
  });
});

test('said so, all of it is taken over, and kept as it was', () => {
  expect(take()).toEqual({
    ok: true,
    notes: [],
    taken: {
      zone: { id: 'z', name: ZONE },
      now: [six, four],
      previous: [was(six), was(four)],
      left: new Set(),
    },
  });
});

describe('something else keeps a record', () => {
  const moved = { seen: { A: [OLD4], AAAA: ['2a0b:4341:6600::10'] } };
  const hints = [{ code: 'changed', seen: ['2a0b:4341:6600::10'] }];

  test('refused, and what would do is told', () => {
    expect(refused(moved)).toEqual([{ code: 'dynamic', record: six, hints, canLeave: true }]);
    const kept = found({ id: 'four', type: 'A', content: OLD4, comment: 'ddclient' });
    expect(refused({ held: held({ addresses: [six, kept] }) })).toMatchObject([
      { code: 'dynamic', record: kept, canLeave: false },
    ]);
  });

  test('left to it, or owned', () => {
    const left = take({ ...moved, flags: { ...flags, leaveContent: true } });
    expect(left).toMatchObject({ ok: true, notes: [{ code: 'content-left', record: six }] });
    expect(left.ok && [...left.taken.left]).toEqual(['six']);
    const owned = take({ ...moved, flags: { ...flags, ownContent: true } });
    expect(owned).toMatchObject({ ok: true, notes: [{ code: 'maybe-dynamic', record: six }] });
    expect(owned.ok && [...owned.taken.left]).toEqual([]);
  });

  test('an A that goes can not be left, whatever is said', () => {
    const kept = found({ id: 'four', type: 'A', content: OLD4, comment: 'ddclient' });
    const outcome = refused({
      held: held({ addresses: [six, kept] }),
      flags: { ...flags, leaveContent: true },
    });
    expect(outcome).toMatchObject([{ code: 'dynamic', record: kept, canLeave: false }]);
  });

  test('weak signs are told and stop nothing', () => {
    const short = found({ ttl: 60 });
    expect(take({ held: held({ addresses: [short] }) })).toMatchObject({
      ok: true,
      notes: [{ code: 'maybe-dynamic', hints: [{ code: 'short-ttl', ttl: 60 }] }],
    });
  });

  test('where the diagnosis could not tell, nothing has changed', () => {
    expect(take({ seen: { A: null, AAAA: null } })).toMatchObject({ ok: true, notes: [] });
  });
});

describe('a stack that is up', () => {
  const proxied = found({ proxied: true, ttl: 1, content: '2a0b:4341:7700::11' });
  const stack = { ...NOTHING_AT_NAME, started: true, previous: [was(six), was(four)] };

  test('its own need no word, and what was before stays what was before', () => {
    expect(take({ flags, stack, held: held({ addresses: [proxied] }) })).toMatchObject({
      ok: true,
      taken: { now: [proxied], previous: [was(six), was(four)] },
    });
  });

  test('what it made is not what was before; nor what an up that broke off made', () => {
    const made = found({ id: 'new', proxied: true });
    const bySign = found({ id: 'newer', proxied: true, comment: 'reach4 stack home' });
    const outcome = take({
      flags,
      stack: { ...stack, made: ['new'] },
      held: held({ addresses: [made, bySign] }),
    });
    expect(outcome).toMatchObject({ ok: true, taken: { previous: [was(six), was(four)] } });
  });

  describe('what only its plan says was there before', () => {
    const begun = { ...NOTHING_AT_NAME, started: true, unrecorded: [was(six), was(four)] };
    const previous = (more: Partial<NameCase>) => {
      const outcome = take({ stack: begun, ...more });
      return outcome.ok ? outcome.taken.previous : outcome.refusals.map(({ code }) => code);
    };

    test('counts while nothing has changed, and after an up that nobody recorded', () => {
      expect(previous({ flags })).toEqual([was(six), was(four)]);
      const after = held({ addresses: [found({ proxied: true, ttl: 1 })] });
      expect(previous({ flags, held: after })).toEqual([was(six), was(four)]);
      const tunnelled = held({ addresses: [], cname: 'f0.cfargotunnel.com' });
      const stack = { ...begun, cnames: ['f0.cfargotunnel.com'] };
      expect(previous({ flags, stack, held: tunnelled })).toEqual([was(six), was(four)]);
    });

    test('is asked about anew where somebody has changed it since', () => {
      const moved = found({ content: '2a0b:4341:7700::99' });
      const seen = { A: [OLD4], AAAA: [moved.content] };
      const changed = { held: held({ addresses: [moved, four] }), seen };
      expect(previous({ flags, ...changed })).toEqual(['exists']);
      expect(previous(changed)).toEqual([was(four), was(moved)]);
      // Made anew under another id, or taken out.
      const anew = found({ id: 'anew' });
      expect(previous({ held: held({ addresses: [anew] }) })).toEqual([was(anew)]);
    });
  });

  test('its own alias is none', () => {
    const to = 'f0.cfargotunnel.com';
    const at = held({ addresses: [], cname: to });
    expect(take({ stack: { ...stack, cnames: [to] }, held: at })).toMatchObject({ ok: true });
    expect(refused({ stack, held: at })).toEqual([{ code: 'cname', name: NAME, to }]);
  });

  test('a record that has come since is a stranger', () => {
    const come = found({ id: 'come', type: 'A', content: OLD4 });
    const at = held({ addresses: [proxied, come] });
    expect(refused({ flags, stack, held: at })).toEqual([{ code: 'exists', records: [come] }]);
  });

  test('content once left is still kept by something else, where a remedy can not leave it', () => {
    const left = { ...stack, left: ['six'] };
    const at = held({ addresses: [proxied] });
    const canLeave = () => false;
    const hints = [{ code: 'left' }];
    expect(refused({ flags: adopt, stack: left, held: at, canLeave })).toEqual([
      { code: 'dynamic', record: proxied, hints, canLeave: false },
    ]);
    const owned = { flags: { ...flags, ownContent: true }, stack: left, held: at, canLeave };
    expect(take(owned)).toMatchObject({ ok: true });
  });

  test('content once left stays left until it is said to be owned; it is what it is now', () => {
    const left = { ...stack, left: ['six'] };
    const at = held({ addresses: [proxied] });
    const still = take({ flags, stack: left, held: at });
    expect(still.ok && [...still.taken.left]).toEqual(['six']);
    const owned = take({ flags: { ...flags, ownContent: true }, stack: left, held: at });
    expect(owned.ok && [...owned.taken.left]).toEqual([]);
    expect(owned.ok && owned.taken.previous[0]).toMatchObject({ content: proxied.content, proxied: false });
  });
});
