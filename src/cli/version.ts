import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.object({ version: z.string() });

/** The package's version, from its manifest, which stands two folders above the compiled file and its source alike. */
export function packageVersion(): string {
  const root = import.meta.url.includes('/dist/src/cli/') ? '../../../package.json' : '../../package.json';
  return manifest.parse(JSON.parse(readFileSync(new URL(root, import.meta.url), 'utf8'))).version;
}
