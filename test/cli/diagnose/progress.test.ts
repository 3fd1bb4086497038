import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { onTerminal, progressLine } from '../../../src/cli/diagnose/progress.ts';

describe('one line', () => {
  test.each<[readonly string[], number, string]>([
    [[], 80, '  here: done'],
    [['routes'], 80, '  here: routes'],
    [['routes', 'firewall'], 80, '  here: routes, firewall'],
    [['routes', 'firewall', 'listeners'], 26, '  here: routes and 2 more'],
    [['a very long thing indeed'], 20, '  here: 1 probes'],
  ])('%j in %i columns', (what, width, expected) => {
    expect(progressLine('here', what, width)).toBe(expected);
  });

  test('never wider than the terminal, and never half a word', () => {
    const words = ['routes', 'firewall', "the zone's servers", 'UPnP', 'public IPv4 address', 'resolvers'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words)), fc.integer({ min: 20, max: 120 }), (what, width) => {
        const line = progressLine('here', what, width);
        expect(line.length).toBeLessThanOrEqual(width);
        const rest = line.replace(/^ {2}here: /u, '').replace(/ and \d+ more$/u, '');
        const shown = rest.split(', ');
        expect(shown.every((word) => words.includes(word) || /^(?:done|\d+ probes)$/u.test(word))).toBe(true);
      }),
    );
  });
});

describe('on a terminal', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function terminal() {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 60, rows: 24 });
    const written: string[] = [];
    stream.on('data', (part) => void written.push(String(part)));
    return { progress: onTerminal(stream as unknown as NodeJS.WriteStream), text: () => written.join('') };
  }

  test('dozens of probes that end within a moment are not drawn', () => {
    const { progress, text } = terminal();
    for (let count = 0; count < 50; count += 1) progress.begin('here', `probe ${count}`);
    for (let count = 0; count < 50; count += 1) progress.end('here', `probe ${count}`);
    expect(text()).toBe('');
    progress.clear();
    expect(text()).not.toContain('probe');
  });

  test('what lasts is drawn once, not again and again', () => {
    const { progress, text } = terminal();
    progress.begin('here', 'firewall');
    vi.advanceTimersByTime(1_000);
    progress.begin('here', 'routes');
    progress.end('here', 'routes');
    vi.advanceTimersByTime(1_000);
    expect(text().split('here: firewall')).toHaveLength(2);
    progress.clear();
  });
});
