import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { remediesPage } from '../../docs/remedies.ts';

test('docs/remedies.md is what the code says (else: npm run docs)', async () => {
  const written = await readFile(new URL('../../docs/remedies.md', import.meta.url), 'utf8');
  expect(written).toBe(remediesPage());
});
