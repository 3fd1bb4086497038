/** All that JSON lets stand in a text and that acts on a screen: C0 is escaped anyway. */
const ACTIVE_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** As JSON in lines, the same to whoever reads it as such, in which nothing can do anything to a screen. */
export const printableJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replaceAll(ACTIVE_IN_JSON, escaped)}\n`;

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Control characters, and those that hide or turn text around (Unicode Cc, Cf, Zl, Zp). */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const UNPRINTABLE_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A copy whose texts can't do anything to a screen: rules, names and banners come from others.
 * @param lines keep ends of lines: of texts that reach4 wrote itself
 */
export function printable<T>(value: T, lines?: boolean): T;
export function printable(value: unknown, lines = false): unknown {
  if (typeof value === 'string')
    return value.replaceAll(lines ? UNPRINTABLE_BUT_LINES : UNPRINTABLE, '\u{fffd}');
  if (Array.isArray(value)) return value.map((item) => printable(item, lines));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printable(item, lines)]));
}
