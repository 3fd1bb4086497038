import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloudflareError } from './cloudflare/errors.ts';
import type { RecordInput } from './cloudflare/record.ts';
import { fullName } from './cloudflare/rules.ts';
import { Zone } from './cloudflare/zone.ts';

const a: RecordInput = { type: 'A', name: 'www.example.org', content: '203.0.113.7', ttl: 300 };
const aaaa: RecordInput = { type: 'AAAA', name: 'www.example.org', content: '2001:db8::7', ttl: 300 };
const cname: RecordInput = { type: 'CNAME', name: 'www.example.org', content: 'other.example.net', ttl: 300 };

function zone(...records: RecordInput[]): Zone {
  return new Zone({ name: 'example.org', records });
}

/** The codes of a refusal: the general one, then those of its chain. */
function codes(action: () => unknown): number[] {
  try {
    action();
  } catch (error) {
    if (error instanceof CloudflareError) {
      return [error.code, ...error.chain.map((problem) => problem.code)];
    }
    throw error;
  }
  return [];
}

describe('rules between records', () => {
  it.each([
    ['the same record again', [a], a, [81058]],
    ['the same record with another TTL', [a], { ...a, ttl: 60 }, [81058]],
    ['a second A with another address', [a], { ...a, content: '203.0.113.8' }, []],
    ['AAAA beside A', [a], aaaa, []],
    ['CNAME beside A', [a], cname, [81053]],
    ['CNAME beside AAAA', [aaaa], cname, [81053]],
    ['CNAME beside another CNAME', [cname], { ...cname, content: 'third.example.net' }, [81053]],
    ['A beside CNAME', [cname], a, [81054]],
    ['AAAA beside CNAME', [cname], aaaa, [81054]],
    ['TXT beside A', [a], { ...a, type: 'TXT', content: 'hello' }, []],
  ] satisfies [string, RecordInput[], RecordInput, number[]][])('%s', (_what, existing, added, expected) => {
    expect(codes(() => zone(...existing).create(added))).toEqual(expected);
  });

  it('has the older wording for an identical record where a test wants it', () => {
    const old = new Zone({ name: 'example.org', records: [a], identicalError: 81057 });
    expect(codes(() => old.create(a))).toEqual([81057]);
  });

  it('refuses an update that makes two records identical', () => {
    const records = zone(a, { ...a, content: '203.0.113.8' });
    const second = records.list({ content: '203.0.113.8' })[0]?.id ?? '';
    expect(codes(() => records.replace(second, a))).toEqual([81058]);
    expect(codes(() => records.patch(second, { content: '203.0.113.9' }))).toEqual([]);
  });
});

describe('rules of one record', () => {
  it.each([
    ['A without an IPv4 address', { ...a, content: '2001:db8::1' }, [9005]],
    ['A with a short IPv4 address', { ...a, content: '203.0.113' }, [9005]],
    ['AAAA without an IPv6 address', { ...aaaa, content: '203.0.113.7' }, [9006]],
    ['AAAA with a zone', { ...aaaa, content: 'fe80::1%eth0' }, [9006]],
    ['CNAME with an address', { ...cname, content: '203.0.113.7' }, [1004, 9007]],
    ['CNAME with a URL', { ...cname, content: 'https://example.net/' }, [1004, 9007]],
    ['no content', { type: 'A', name: 'www', ttl: 1 }, [1004, 9009]],
    ['an unknown type', { ...a, type: 'ABC' }, [1004, 9010]],
    ['a TTL below 60', { ...a, ttl: 59 }, [1004, 9021]],
    ['a TTL above a day', { ...a, ttl: 86_401 }, [1004, 9021]],
    ['a TTL of 60', { ...a, ttl: 60 }, []],
    ['an automatic TTL', { ...a, ttl: 1 }, []],
    ['a name in another zone', { ...a, name: 'www.example.com' }, [9000]],
    ['a name that only ends alike', { ...a, name: 'www.notexample.org' }, [9000]],
    ['an empty label', { ...a, name: 'www..example.org' }, [9000]],
    ['a proxied TXT', { ...a, type: 'TXT', proxied: true }, [9004]],
    ['a proxied private address', { ...a, content: '192.168.1.2', proxied: true }, [9003]],
    ['a proxied unique local address', { ...aaaa, content: 'fd00::1', proxied: true }, [9003]],
    ['a private address that is not proxied', { ...a, content: '192.168.1.2' }, []],
    ['a comment of 101 characters', { ...a, comment: 'x'.repeat(101) }, [9313]],
    ['a comment of 100 characters', { ...a, comment: 'ä'.repeat(100) }, []],
  ] satisfies [string, RecordInput, number[]][])('%s', (_what, input, expected) => {
    expect(codes(() => zone().create(input))).toEqual(expected);
  });

  it('answers a proxied record with the automatic TTL', () => {
    expect(zone().create({ ...a, proxied: true, ttl: 300 })).toMatchObject({ proxied: true, ttl: 1 });
  });

  it('fills in what Cloudflare computes', () => {
    const now = () => new Date('2026-01-02T03:04:05Z');
    const record = new Zone({ name: 'example.org', now }).create({ ...a, comment: 'hello' });
    const { id, ...rest } = record;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(rest).toEqual({
      ...a,
      proxied: false,
      proxiable: true,
      comment: 'hello',
      tags: [],
      settings: {},
      meta: {},
      created_on: '2026-01-02T03:04:05.000Z',
      modified_on: '2026-01-02T03:04:05.000Z',
      comment_modified_on: '2026-01-02T03:04:05.000Z',
    });
  });
});

describe('changes', () => {
  it('clears what PUT leaves out and keeps what PATCH leaves out', () => {
    const records = zone();
    const { id } = records.create({ ...a, comment: 'hello' });
    expect(records.patch(id, { ttl: 60 })).toMatchObject({ ttl: 60, comment: 'hello' });
    expect(records.patch(id, { comment: null }).comment).toBeNull();
    records.patch(id, { comment: 'again' });
    expect(records.replace(id, a)).toMatchObject({ ttl: 300, comment: null });
  });

  it('knows a deleted record no more', () => {
    const records = zone();
    const { id } = records.create(a);
    records.delete(id);
    for (const action of [() => records.get(id), () => records.delete(id), () => records.replace(id, a)]) {
      expect(codes(action)).toEqual([81044]);
    }
  });

  it('replaces A by CNAME in one batch, or changes nothing', () => {
    const records = zone();
    const { id } = records.create(a);
    const failing = () =>
      records.batch({ deletes: [{ id }], patches: [], puts: [], posts: [cname, { ...a, ttl: 2 }] });
    expect(codes(failing)).toEqual([1004, 9021]);
    expect(records.list()).toHaveLength(1);
    records.batch({ deletes: [{ id }], patches: [], puts: [], posts: [cname] });
    expect(records.list()).toMatchObject([{ type: 'CNAME' }]);
  });
});

const label = fc.stringMatching(/^[a-zA-Z0-9_]([a-zA-Z0-9-]{0,10}[a-zA-Z0-9_])?$/);

describe('properties', () => {
  it('completes and normalises a name once and for all', () => {
    fc.assert(
      fc.property(label, (name) => {
        const once = fullName('example.org', name);
        expect(once).toBe(`${name.toLowerCase()}.example.org`);
        expect(fullName('example.org', `${once.toUpperCase()}.`)).toBe(once);
      }),
    );
  });

  it('gives an IPv6 address back in a form that it keeps', () => {
    fc.assert(
      fc.property(fc.ipV6(), (content) => {
        const created = zone().create({ ...aaaa, content });
        expect(zone().create({ ...aaaa, content: created.content }).content).toBe(created.content);
      }),
    );
  });

  it('never has a CNAME beside an address, whatever is tried', () => {
    const input = fc.record({
      type: fc.constantFrom('A', 'AAAA', 'CNAME'),
      name: fc.constantFrom('x', 'y'),
      content: fc.constantFrom('203.0.113.1', '203.0.113.2', '2001:db8::1', 'z.example.net'),
    });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 12 }), (inputs) => {
        const records = zone();
        for (const one of inputs) {
          codes(() => records.create(one));
        }
        for (const name of ['x.example.org', 'y.example.org']) {
          const all = records.list({ name });
          const cnames = all.filter((record) => record.type === 'CNAME').length;
          expect(cnames === 0 || (cnames === 1 && all.length === 1)).toBe(true);
          expect(new Set(all.map((record) => `${record.type} ${record.content}`)).size).toBe(all.length);
        }
      }),
    );
  });
});
