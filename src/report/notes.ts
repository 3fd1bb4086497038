import type { Diagnosis } from '../model/diagnosis.ts';
import { block, type Page } from './page.ts';
import { placeNames } from './places.ts';
import { noteText } from './prose/note.ts';

/** Notes that are shown; more than a few say the same: these files don't belong together. */
const MAX_SHOWN = 8;

/** What is to be known of the evidence itself, before what is concluded from it. */
export function notes({ notes: all, evidence }: Diagnosis, page: Page): string {
  const places = placeNames({ evidence });
  const here = all.some(({ code }) => code === 'files-alone')
    ? 'the machine of the first file'
    : 'this machine';
  const lines = [...new Set(all.map((note) => noteText(note, here, places)))];
  const more = lines.length - MAX_SHOWN;
  return [
    ...lines.slice(0, MAX_SHOWN),
    ...(more > 0 ? [`${more} more like these; --json has them all.`] : []),
  ]
    .map((line) => block(page, `note: ${line}`, 2, 4))
    .join('\n');
}
