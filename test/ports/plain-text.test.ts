import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../src/ports/plain-text.ts';

describe('plain text', () => {
  it.each([
    ['a\u0000b\r\n c', 'a b c'],
    ['\u001b[2J\u202eevil\u200b', '[2J evil'],
    ['ä 漢 🙂', 'ä 漢 🙂'],
    ['\ud800x', 'x'],
  ])('%j becomes %j', (text, plain) => {
    expect(plainText(text, 50)).toBe(plain);
  });

  it('is bounded, well-formed and harmless', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.integer({ min: 1, max: 40 }),
        (text, max) => {
          const plain = plainText(text, max);
          expect(plain.length).toBeLessThanOrEqual(max);
          expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        },
      ),
    );
  });
});
