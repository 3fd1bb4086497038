import { stripVTControlCharacters, styleText } from 'node:util';
import wrapAnsi from 'wrap-ansi';

/** What the reader's screen can show. */
export interface Page {
  /** Columns; text is laid out for at most 80. */
  readonly width: number;
  readonly color: boolean;
  /** Lines and crosses; off for pipes and screen readers, which get the same words in the same order. */
  readonly drawing: boolean;
  /** How the reader starts reach4: what is shown must work as it is typed. Default: `reach4`. */
  readonly command?: string;
  /** Flags that the next command needs again, each with a space in front: who looks from where. Default: none. */
  readonly flags?: string;
}

const SUBCOMMAND =
  /\breach4 (?=(?:diagnose|collect|explain|plan|preview|up|down|verify|status|connector|agent|pulumi)\b)/gu;

/** Commands in the text, as this reader has to type them; what is so already stays. */
export const asTyped = ({ command }: Pick<Page, 'command'>, text: string): string =>
  command === undefined
    ? text
    : text.replaceAll(SUBCOMMAND, (found, at: number) =>
        text.slice(0, at + found.length).endsWith(`${command} `) ? found : `${command} `,
      );

/** Lines longer than this are hard to read, and don't fit a standard terminal. */
export const MAX_WIDTH = 80;

type Format = Parameters<typeof styleText>[0];

export const paint = (page: Page, format: Format, text: string): string =>
  page.color ? styleText(format, asTyped(page, text), { validateStream: false }) : asTyped(page, text);

/** Wraps text and indents every line. */
export function block(page: Page, text: string, indent: number, hanging = indent): string {
  const width = Math.max(20, Math.min(page.width, MAX_WIDTH) - Math.max(indent, hanging));
  return wrapAnsi(asTyped(page, text), width, { hard: false, trim: true })
    .split('\n')
    .map((line, number) => `${' '.repeat(number === 0 ? indent : hanging)}${line}`)
    .join('\n');
}

/** A sentence without colour, indented; its first line uses the room that the others leave at the left. */
export function sentence(page: Page, text: string, indent: number, hanging = indent + 2): string {
  const room = Math.min(page.width, MAX_WIDTH);
  const typed = asTyped(page, text).trim();
  const wrap = (each: string, width: number): string[] =>
    wrapAnsi(each, Math.max(20, width), { hard: false, trim: true }).split('\n');
  const [first = ''] = wrap(typed, room - indent);
  const rest = typed.slice(first.length).trim();
  return [
    `${' '.repeat(indent)}${first}`,
    ...(rest === '' ? [] : wrap(rest, room - hanging).map((line) => `${' '.repeat(hanging)}${line}`)),
  ].join('\n');
}

/** Text at the left, a word at the right edge; below one another where they don't fit. */
export function spread(page: Page, left: string, right: string): string {
  const width = Math.min(page.width, MAX_WIDTH);
  const room = width - visible(left) - visible(right);
  if (room >= 2) return `${left}${' '.repeat(room)}${right}`;
  const indent = left.length - left.trimStart().length;
  const below =
    visible(right) > width ? block(page, right, indent) : `${' '.repeat(width - visible(right))}${right}`;
  return `${block(page, left.trimStart(), indent, indent + 2)}\n${below}`;
}

/**
 * Columns of text with the last one wrapped within itself; one row below the other where the screen has no room for that.
 */
export function table(page: Page, rows: readonly (readonly string[])[], indent: number): string[] {
  const room = Math.min(page.width, MAX_WIDTH) - indent;
  const heads = columns(
    rows.map((row) => [...row.slice(0, -1), '']),
    COLUMN_GAP,
  );
  const lines = rows.flatMap((row, index) => {
    const head = heads[index] ?? '';
    const left = room - visible(head);
    const [first = '', ...rest] = wrapped(row.at(-1) ?? '', Math.max(1, left));
    return [head + first, ...rest.map((line) => `${' '.repeat(visible(head))}${line}`)];
  });
  const widest = Math.max(0, ...heads.map(visible));
  return room - widest >= MIN_COLUMN && lines.every((line) => visible(line) <= room)
    ? lines.map((line) => `${' '.repeat(indent)}${line}`)
    : rows.map(([label = '', ...cells]) => block(page, `${label}: ${cells.join(', ')}`, indent, indent + 2));
}

/** A narrower column is a tower of words. */
const MIN_COLUMN = 24;
const COLUMN_GAP = 3;

const wrapped = (text: string, width: number): string[] =>
  wrapAnsi(text, width, { hard: false, trim: true }).split('\n');

/** Columns of text; the last one is left as it is. */
export function columns(rows: readonly (readonly string[])[], gap = 2): string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, index) => Math.max(all[index] ?? 0, visible(cell))),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) =>
        index === row.length - 1 ? cell : cell + ' '.repeat((widths[index] ?? 0) - visible(cell) + gap),
      )
      .join(''),
  );
}

const visible = (text: string): number => stripVTControlCharacters(text).length;

/** Whether a line fits the page as it is. */
export const fits = ({ width }: Page, line: string): boolean => visible(line) <= Math.min(width, MAX_WIDTH);
