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
