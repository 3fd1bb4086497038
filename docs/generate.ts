// Writes what docs/ and README.md take from the code: npm run docs
import { readFile, writeFile } from 'node:fs/promises';
import { diagnosisJsonSchema } from '../src/report/schema.ts';
import { causesPage } from './causes.ts';
import { withExample } from './readme.ts';
import { remediesPage } from './remedies.ts';

await writeFile(
  new URL('diagnosis.schema.json', import.meta.url),
  `${JSON.stringify(diagnosisJsonSchema(), null, 2)}\n`,
);
await writeFile(new URL('remedies.md', import.meta.url), remediesPage());
await writeFile(new URL('causes.md', import.meta.url), causesPage());

const readme = new URL('../README.md', import.meta.url);
await writeFile(readme, withExample(await readFile(readme, 'utf8')));
