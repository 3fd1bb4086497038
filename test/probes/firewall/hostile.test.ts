import fc from 'fast-check';
import { expect, test } from 'vitest';
import { probe, type Recording, recording } from './recorded.ts';

/** Machines that let nobody on the internet in to port 443 over IPv4. */
const CLOSED = ['nft-server', 'ufw', 'firewalld', 'iptables-both', 'docker-user'] as const;
const recordings = new Map(CLOSED.map((name) => [name, recording(name)]));

/** No digits: another port or address would be another ruleset, and a right one. */
const junk = fc.string({
  unit: fc.constantFrom(
    '\0',
    '\uFFFD',
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    '#',
    '!',
    '-',
    'x',
    'é',
  ),
  minLength: 1,
  maxLength: 20,
});

type Damage = (text: string) => string;
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (at): Damage =>
      (text) =>
        text.slice(0, Math.floor(at * text.length)),
  ),
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), junk).map(
    ([at, garbage]): Damage =>
      (text) => {
        const start = Math.floor(at * text.length);
        return text.slice(0, start) + garbage + text.slice(start + garbage.length);
      },
  ),
);

function damaged({ commands, files }: Recording, pick: number, change: Damage): Recording {
  const keys = Object.keys(commands);
  const key = keys[pick % keys.length] ?? '';
  const result = commands[key];
  return {
    files,
    commands: { ...commands, [key]: typeof result === 'string' ? change(result) : (result ?? '') },
  };
}

test('no cut or garbled output opens a closed port, and none throws', async () => {
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CLOSED), fc.nat(), damage, async (name, pick, change) => {
      const whole = recordings.get(name);
      if (whole === undefined) throw new Error(name);
      const evidence = await probe(damaged(whole, pick, change));
      if (evidence.probe !== 'firewall' || evidence.status !== 'ok') {
        failed += 1;
        return;
      }
      const internet = evidence.facts.decisions.filter(
        ({ family, source }) => family === 'ipv4' && source === 'internet',
      );
      expect(internet.map(({ verdict }) => verdict)).not.toContain('accept');
    }),
    { numRuns: 600 },
  );
  // Otherwise nothing was damaged.
  expect(failed).toBeGreaterThan(20);
});

const ODD_NUMBERS = [
  '0',
  '65536',
  '-1',
  '4294967296',
  '99999999999999999999',
  '1e400',
  '0x1',
  '1.5',
  '128',
  '',
];

test('whatever numbers stand in it, it is evidence or the lack of it', async () => {
  const anyNumber = fc.tuple(fc.nat(), fc.constantFrom(...ODD_NUMBERS)).map(
    ([which, odd]): Damage =>
      (text) => {
        const all = [...text.matchAll(/\d+/gu)];
        const found = all[which % Math.max(1, all.length)];
        if (found === undefined) return text;
        return text.slice(0, found.index) + odd + text.slice(found.index + found[0].length);
      },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CLOSED), fc.nat(), anyNumber, async (name, pick, change) => {
      const whole = recordings.get(name);
      if (whole === undefined) throw new Error(name);
      expect((await probe(damaged(whole, pick, change))).probe).toBe('firewall');
    }),
    { numRuns: 1_500 },
  );
});
