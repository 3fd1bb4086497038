import { expect, test } from 'vitest';
import { byDefault, disclosure } from '../../src/cli/diagnose/by-default.ts';
import { outsideVantages } from '../../src/cli/outside-vantages.ts';
import { parseTarget } from '../../src/model/target.ts';

const NAME = parseTarget('https://home.example.org');

test('each place has labels of its own, in the order given', async () => {
  const all = await outsideVantages({
    outside: ['ssh:vps', 'globalping', 'ssh://me@other.example.net:2222'],
  });
  expect(all.map(({ labels, shown }) => [labels, shown])).toEqual([
    [['outside-1'], 'vps'],
    [['outside-2', 'outside-3'], 'Globalping'],
    [['outside-4'], 'me@other.example.net'],
  ]);
  expect(await outsideVantages({ outside: ['none'] })).toEqual([]);
  expect(await outsideVantages({})).toEqual([]);
});

test.each([
  ['nobody named', {}, NAME, 1],
  ['nobody on purpose', { outside: ['none'] }, NAME, 0],
  ['somebody', { outside: ['ssh:vps'] }, NAME, 0],
  ['no public services', { publicServices: false }, NAME, 0],
  ['what it cannot try', {}, parseTarget('udp://home.example.org:27015'), 0],
])('Globalping looks only by default: %s', async (_, flags, target, count) => {
  expect(await byDefault(flags, target)).toHaveLength(count);
});

test('what it learns is said, and how to keep it from that', () => {
  const lines = disclosure(NAME).split('\n');
  expect(lines).toEqual([
    'Globalping (api.globalping.io, run by jsDelivr) will be asked to connect to',
    'home.example.org:443 from 2 places on the internet, and keeps the results for',
    'some days. Each time, what it is told is shown. --outside none turns this off.',
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(disclosure(parseTarget('[2a0b:4341:7700::10]:22'))).toMatch(/^\[2a0b:4341:7700::10\]:22 from 2/mu);
});
