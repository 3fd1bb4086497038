import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainText } from '../../src/report/explain.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { anyDiagnosis, hostileDiagnosis } from './arbitrary.ts';
import { DRAWN, PLAIN } from './diagnoses.ts';
import { words } from './words.ts';

describe('any diagnosis', () => {
  test('fits into 80 columns', () => {
    fc.assert(
      fc.property(anyDiagnosis, (diagnosis) => {
        for (const page of [DRAWN, PLAIN]) {
          const wide = diagnosisText(diagnosis, page)
            .split('\n')
            .filter((line) => line.length > 80);
          expect(wide).toEqual([]);
        }
      }),
    );
  });

  test('says the same words drawn and for a pipe, which gets no drawing', () => {
    fc.assert(
      fc.property(anyDiagnosis, (diagnosis) => {
        const plain = diagnosisText(diagnosis, PLAIN);
        expect(words(plain)).toEqual(words(diagnosisText(diagnosis, DRAWN)));
        expect(plain).not.toMatch(/[─-╿✕·]/u);
      }),
    );
  });

  test('says the same words on a narrow screen', () => {
    fc.assert(
      fc.property(anyDiagnosis, (diagnosis) => {
        const narrow = diagnosisText(diagnosis, { ...DRAWN, width: 40 });
        expect(words(narrow)).toEqual(words(diagnosisText(diagnosis, DRAWN)));
      }),
    );
  });

  test('has whole sentences only', () => {
    fc.assert(
      fc.property(anyDiagnosis, (diagnosis) => {
        expect(diagnosisText(diagnosis, DRAWN)).not.toMatch(/undefined|\[object|NaN|\bnull\b/u);
      }),
    );
  });
});

test('texts made to do harm reach the screen as text: no control character but the end of a line', () => {
  fc.assert(
    fc.property(hostileDiagnosis, (diagnosis) => {
      for (const page of [DRAWN, PLAIN]) {
        expect(diagnosisText(diagnosis, page)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});

test('nor where a remedy is shown in full', () => {
  fc.assert(
    fc.property(hostileDiagnosis, (diagnosis) => {
      for (const page of [DRAWN, PLAIN]) {
        expect(explainText(diagnosis, diagnosis.remedies, page)).not.toMatch(
          /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
        );
      }
    }),
  );
});

test('what others wrote starts no line of its own', () => {
  fc.assert(
    fc.property(hostileDiagnosis, (diagnosis) => {
      const found = { ...diagnosis, remedies: [], combination: [] };
      expect(diagnosisText(found, PLAIN)).not.toMatch(/^\s*IPv4 works$/mu);
    }),
  );
});
