import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { diagnosisJsonSchema } from '../../src/report/schema.ts';

test('docs/diagnosis.schema.json is what the code says (else: npm run docs)', async () => {
  const written = await readFile(new URL('../../docs/diagnosis.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(diagnosisJsonSchema());
});
