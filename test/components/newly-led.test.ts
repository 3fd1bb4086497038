import { expect, test } from 'vitest';
import { newlyLed } from '../../src/components/newly-led.ts';

const inputs = (types: string[], name = 'd1.cloudfront.net', more: object = {}) => ({
  wanted: types.map((type) => ({ type, ttl: null, values: [], alias: { zoneId: 'Z2', name } })),
  ...more,
});

test.each<[string, unknown, unknown, string | null]>([
  ['nothing was written yet', undefined, inputs(['A', 'AAAA']), 'd1.cloudfront.net'],
  ['a family is added', inputs(['A']), inputs(['A', 'AAAA']), 'd1.cloudfront.net'],
  ['the distribution is another', inputs(['A']), inputs(['A'], 'd2.cloudfront.net'), 'd2.cloudfront.net'],
  ['a family is taken out', inputs(['A', 'AAAA']), inputs(['A']), null],
  ['what comes back changes', inputs(['A']), inputs(['A'], undefined, { previous: [] }), null],
])('%s', (_, olds, news, to) => {
  expect(newlyLed(olds, news)).toBe(to);
});
