/** What the stand-in of the provider `aws` makes of a schema, an old state and a program: without engine and cloud. */
import { describe, expect, it } from 'vitest';
import { check } from './aws/provider/bridge/check.ts';
import { ResourceData } from './aws/provider/bridge/data.ts';
import { deletesBeforeReplace, diff } from './aws/provider/bridge/diff.ts';
import { imported, refreshed } from './aws/provider/bridge/inputs.ts';
import type { ResourceType } from './aws/provider/bridge/resource-type.ts';
import type { Schema } from './aws/provider/bridge/schema.ts';
import type { Cloud } from './aws/provider/cloud.ts';
import { type Properties, UNKNOWN } from './provider/messages.ts';

const schema: Schema = {
  name: { type: 'string', required: true, forceNew: true },
  size: { type: 'number', optional: true, default: 8 },
  zone: { type: 'string', optional: true, computed: true, forceNew: true },
  note: { type: 'string', optional: true },
  tags: { type: 'map', optional: true },
  arn: { type: 'string', computed: true },
  one: { type: 'string', optional: true, exactlyOneOf: ['one', 'other'] },
  other: { type: 'string', optional: true, exactlyOneOf: ['one', 'other'] },
  disk: {
    type: 'block',
    optional: true,
    computed: true,
    fields: {
      size: { type: 'number', optional: true, computed: true },
      locked: { type: 'boolean', optional: true, computed: true, forceNew: true },
    },
  },
  rules: {
    type: 'set',
    optional: true,
    fields: {
      port: { type: 'number', required: true },
      sources: { type: 'set', optional: true, computed: true },
    },
  },
};

const never = () => Promise.reject(new Error('not for this test'));
const type: ResourceType = { token: 't', schema, create: never, read: never, delete: never };
const cloud = {} as Cloud;

function checked(inputs: Properties, old?: Properties) {
  const seed = new Uint8Array([1, 2, 3]);
  return check({ schema, name: 'thing', old, inputs: { one: 'x', ...inputs }, seed });
}

describe('a program’s inputs', () => {
  it.each([
    ['an unknown one', { nmae: 'x' }, /^Invalid or unknown key\. Examine values at 'thing\.nmae'\.$/],
    ['an output', { arn: 'x' }, /^Value for unconfigurable attribute/],
    ['a wrong type', { size: 'x' }, /^expected type 'number', got unconvertible type 'string'/],
    ['one without its counterpart', { one: undefined }, /one of `one,other` must be specified/],
    ['two that exclude each other', { other: 'x' }, /only one of `one,other` can be specified/],
    ['a missing one in a set', { rules: [{}] }, /"port" is required.*'thing\.rules\[0\]\.port'/],
    ['an unknown one in a block', { disk: { sise: 1 } }, /'thing\.disk\.sise'/],
  ] satisfies [string, Properties, RegExp][])('are refused: %s', (_what, inputs, expected) => {
    const [failure, ...more] = checked(inputs).failures;
    expect(failure?.reason).toMatch(expected);
    expect(more.every(({ reason }) => expected.test(reason))).toBe(true);
  });

  it('may be unknown', () => {
    expect(checked({ size: UNKNOWN, one: UNKNOWN, rules: UNKNOWN }).failures).toEqual([]);
  });

  it('get a name and defaults, which stay in the next run', () => {
    const { inputs } = checked({});
    expect(inputs).toMatchObject({ name: expect.stringMatching(/^thing-[0-9a-f]{7}$/), size: 8 });
    expect(inputs.__defaults).toEqual(['name', 'size']);
    const again = check({
      schema,
      name: 'thing',
      old: inputs,
      inputs: { one: 'x' },
      seed: new Uint8Array([9]),
    });
    expect(again.inputs).toEqual(inputs);
    expect(checked({ name: 'mine' }, inputs).inputs).toMatchObject({ name: 'mine', __defaults: ['size'] });
  });
});

const state = {
  name: 'thing-1',
  size: 8,
  zone: 'a',
  note: '',
  arn: 'arn',
  one: 'x',
  disk: { size: 20, locked: false },
  rules: [
    { port: 80, sources: ['0.0.0.0/0'] },
    { port: 443, sources: ['::/0'] },
  ],
};
const news = {
  name: 'thing-1',
  size: 8,
  one: 'x',
  rules: [{ port: 443 }, { port: 80 }],
  __defaults: ['name', 'size'],
};

function changes(change: Properties, prior: Properties = state) {
  const all = { ...news, ...change };
  return diff(type, cloud, { prior, news: all, ignored: [] }).changes.map(
    ({ property, kind, replaces }) => `${kind}${replaces ? '!' : ''} ${property}`,
  );
}

describe('a change', () => {
  it.each([
    ['nothing', {}, []],
    ['a plain one', { size: 9 }, ['update size']],
    ['one that replaces', { zone: 'b' }, ['update! zone']],
    ['one to something unknown', { zone: UNKNOWN }, ['update! zone']],
    ['a note to one that was empty', { note: 'x' }, ['update note']],
    ['tags', { tags: { 'a:b': 'c' } }, ['add tags']],
    ['the first value of a block', { disk: { size: 30 } }, ['update disk.size']],
    ['one in a block that replaces', { disk: { locked: true } }, ['update! disk.locked']],
    [
      'another element of a set',
      { rules: [{ port: 443 }, { port: 8080 }] },
      ['delete rules[0]', 'add rules[1]'],
    ],
    ['an element less', { rules: [{ port: 443 }] }, ['delete rules[0]']],
    ['an empty set', { rules: undefined }, ['delete rules']],
  ] satisfies [string, Properties, string[]][])('of %s', (_what, change, expected) => {
    expect(changes(change)).toEqual(expected);
  });

  it('is none where the program says nothing of what is computed', () => {
    expect(changes({}, { ...state, zone: 'c', disk: { size: 1, locked: true } })).toEqual([]);
  });

  it('of tags is told by their names', () => {
    const tags = { 'a:b': 'c', 'd.e': 'f' };
    expect(changes({ tags: { 'a:b': 'x' } }, { ...state, tags })).toEqual([
      'update tags.a:b',
      'delete tags["d.e"]',
    ]);
  });

  it('is ignored where the program says so', () => {
    const wanted = { prior: state, news: { ...news, zone: 'b' }, ignored: ['zone'] };
    expect(diff(type, cloud, wanted)).toMatchObject({ planned: { zone: 'a' }, changes: [] });
  });

  it('that replaces deletes first if the name is the program’s own', () => {
    const named = { ...news, zone: 'b', __defaults: ['size'] };
    const replaced = (all: Properties) => diff(type, cloud, { prior: state, news: all, ignored: [] });
    expect(deletesBeforeReplace(type, named, replaced(named))).toBe(true);
    const auto = { ...news, zone: 'b' };
    expect(deletesBeforeReplace(type, auto, replaced(auto))).toBe(false);
    const smaller = { ...news, size: 1, __defaults: ['size'] };
    expect(deletesBeforeReplace(type, smaller, replaced(smaller))).toBe(false);
  });
});

describe('a new resource', () => {
  it('has unknown outputs in a preview, down to the elements of a set', () => {
    const { planned } = diff(type, cloud, { news: { name: 'x', rules: [{ port: 80 }] }, ignored: [] });
    expect(planned).toEqual({
      name: 'x',
      zone: UNKNOWN,
      arn: UNKNOWN,
      disk: UNKNOWN,
      rules: [{ port: 80, sources: UNKNOWN }],
    });
  });

  it('that failed half-way has in its state what is known', () => {
    const { planned } = diff(type, cloud, { news: { name: 'x', rules: [{ port: 80 }] }, ignored: [] });
    const data = new ResourceData({ id: '', schema, prior: {}, planned });
    data.set({ arn: 'arn' });
    expect(data.state()).toEqual({ name: 'x', arn: 'arn', rules: [{ port: 80 }] });
  });
});

describe('inputs from a state', () => {
  it('after a refresh are those that there were, with today’s values', () => {
    const now = { ...state, size: 9, rules: [{ port: 80, sources: ['::/0'] }, { port: 22 }] };
    expect(refreshed(schema, news, now)).toEqual({
      name: 'thing-1',
      size: 9,
      one: 'x',
      rules: [{ port: 80 }],
      __defaults: ['name'],
    });
  });

  it('after an import are all that say something', () => {
    expect(imported(schema, state)).toEqual({
      name: 'thing-1',
      zone: 'a',
      one: 'x',
      disk: { size: 20 },
      rules: state.rules,
      __defaults: [],
    });
  });
});
