// Writes what docs/ takes from the code: npm run docs
import { writeFile } from 'node:fs/promises';
import { diagnosisJsonSchema } from '../src/report/schema.ts';
import { causesPage } from './causes.ts';
import { remediesPage } from './remedies.ts';

await writeFile(
  new URL('diagnosis.schema.json', import.meta.url),
  `${JSON.stringify(diagnosisJsonSchema(), null, 2)}\n`,
);
await writeFile(new URL('remedies.md', import.meta.url), remediesPage());
await writeFile(new URL('causes.md', import.meta.url), causesPage());
