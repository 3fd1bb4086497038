import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a real tool printed, once: `captured('trace/inetutils-2.4.txt')`. */
export function captured(path: string): string {
  const [probe = '', ...rest] = path.split('/');
  return readFileSync(join(import.meta.dirname, probe, 'captured', ...rest), 'utf8');
}
