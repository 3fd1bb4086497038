import { block, columns, fits, type Page, paint } from '../../report/page.ts';

/** A time to live; 1 is Cloudflare's "automatic", and a second everywhere else. */
export const ttlText = (ttl: number, provider = 'cloudflare'): string =>
  ttl === 1 && provider === 'cloudflare' ? 'TTL automatic' : `TTL ${ttl} s`;

/** A title with sentences, or with rows of a table, which are aligned where the page has room for that. */
export function section(
  page: Page,
  title: string,
  lines: readonly string[] | readonly (readonly string[])[],
): string {
  const rows = lines.filter((line) => typeof line !== 'string');
  const aligned = columns(rows).map((line) => `    ${line}`);
  const below = aligned.every((line) => fits(page, line))
    ? aligned
    : rows.map((row) => block(page, row.join('  '), 4, 6));
  const sentences = lines.filter((line) => typeof line === 'string');
  return [block(page, title, 2, 4), ...sentences.map((line) => block(page, line, 4, 6)), ...below].join('\n');
}

/** A title with records, as wide as they are: a line each. Nothing where there are none. */
export const recordSection = (title: string, rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [`  ${title}`, ...columns(rows).map((line) => `    ${line}`)];

/** Whether a diagnosis is old. @param hours since it was made; null where it is fresh */
export const staleNote = (hours: number | null): string[] =>
  hours === null
    ? []
    : [`The diagnosis is ${hours} hours old; addresses may have changed: reach4 diagnose makes a new one.`];

/** What a person should know, one paragraph each. */
export const notesLines = (notes: readonly string[], page: Page): string[] =>
  notes.length === 0
    ? []
    : ['', ...notes.map((note) => block(page, `${paint(page, 'yellow', '!')} ${note}`, 2, 4))];

/**
 * Why nothing is planned.
 * @param because what is in the way, a sentence each
 * @param next what to type to go on
 */
export function noPlanText(
  host: string,
  because: readonly string[],
  notes: readonly string[],
  next: readonly string[],
  page: Page,
): string {
  const lines = [
    paint(page, 'bold', `No plan for ${host}`),
    ...because.map((sentence) => block(page, `- ${sentence}`, 2, 4)),
    ...notesLines(notes, page),
    '',
    next.length === 0
      ? 'Nothing has been written or changed.'
      : ['Nothing has been written or changed. To go on:', ...next.map((line) => nextLine(line, page))].join(
          '\n',
        ),
  ];
  return `${lines.join('\n')}\n`;
}

/** A command and, after three spaces, what it does: below it, where the line has no room for both. */
function nextLine(line: string, page: Page): string {
  const [command = '', does] = line.split(/ {3,}/u);
  if (does === undefined || fits(page, `  ${line}`)) return `  ${line}`;
  return `  ${command}\n${block(page, does, 6)}`;
}
