import { expect, it } from 'vitest';
import { rateLimit, varietyLimit } from '../../src/agent/rates.ts';

const WINDOW = { limit: 2, windowMs: 1_000, keys: 2 };

it('lets so many events into a sliding window', () => {
  let time = 0;
  const limit = rateLimit(WINDOW, () => time);
  limit.take('a');
  time = 400;
  limit.take('a');
  expect([limit.wait('a'), limit.wait('b')]).toEqual([600, 0]);
  time = 999;
  expect(limit.wait('a')).toBe(1);
  time = 1_000;
  expect(limit.wait('a')).toBe(0);
  limit.take('a');
  expect(limit.wait('a')).toBe(400);
});

it('lets so many different values into a sliding window, and those again and again', () => {
  let time = 0;
  const limit = varietyLimit(WINDOW, () => time);
  limit.take('a', [1, 2]);
  time = 500;
  limit.take('a', [2]);
  expect([limit.wait('a', [1]), limit.wait('a', [1, 2]), limit.wait('a', [3])]).toEqual([0, 0, 500]);
  // Both of the others have to leave first, and more than fit never do.
  expect([limit.wait('a', [3, 4]), limit.wait('a', [3, 4, 5])]).toEqual([1_000, 1_000]);
  time = 1_000;
  expect([limit.wait('a', [3]), limit.wait('a', [3, 4])]).toEqual([0, 500]);
});

it('remembers so many keys, and forgets first the one unused for longest', () => {
  const limit = rateLimit(WINDOW, () => 0);
  for (const key of ['a', 'a', 'b', 'b', 'a', 'c']) limit.take(key);
  expect(['a', 'b', 'c'].map((key) => limit.wait(key))).toEqual([1_000, 0, 0]);
});
