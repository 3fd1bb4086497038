import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable, printableJson } from '../../src/report/printable.ts';
import { HOSTILE } from '../support/schema-arbitrary.ts';
import { hostileDiagnosis } from './arbitrary.ts';

/** What a terminal would act on: also CSI as one character (U+009B), and what turns text around. */
const ACTIVE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test('JSON does nothing to a screen, and says the same to a program', () => {
  fc.assert(
    fc.property(hostileDiagnosis, (diagnosis) => {
      const text = printableJson(diagnosis);
      expect(text).not.toMatch(ACTIVE);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(diagnosis)));
    }),
  );
});

test.each([
  ['\u009b2J', '"\\u009b2J"\n'],
  ['\u007f', '"\\u007f"\n'],
  ['\u202egnp.exe', '"\\u202egnp.exe"\n'],
  ['\u{e0001}', '"\\udb40\\udc01"\n'],
  ['Ä 漢 🙂', '"Ä 漢 🙂"\n'],
])('%j in JSON', (text, expected) => {
  expect(printableJson(text)).toBe(expected);
});

test('texts do nothing to a screen, ends of lines apart where they are our own', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      expect(printable({ text: [text] }).text[0]).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(printable(text, true)).not.toMatch(ACTIVE);
    }),
  );
});
