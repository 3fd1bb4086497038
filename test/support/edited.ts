import type { ManualChange } from '../../src/model/remedy-offer.ts';

/**
 * A file as it is when a person has made the change by hand: of several lines, those that are there are changed.
 * @throws Error if none of them is.
 */
export function edited(text: string, change: ManualChange | null): string {
  if (change?.kind !== 'edit') throw new Error('this is no edit');
  const possible = change.edits.filter(({ find }) => find === null || placeOf(text, find) !== null);
  if (possible.length === 0) {
    throw new Error(
      `There is none of ${change.edits.map(({ find }) => `"${find}"`).join(', ')} in:\n${text}`,
    );
  }
  return possible.reduce((lines, { find, replace }) => {
    if (find === null) return `${lines.replace(/\n?$/u, '\n')}${replace}\n`;
    const at = placeOf(lines, find) ?? 0;
    const [before, after] = [lines.slice(0, at), lines.slice(at + find.length)];
    return replace === null ? before + after.replace(/^\n/u, '') : before + replace + after;
  }, text);
}

/** Where a person sees it: not in a line that is a comment, and not as a part of longer words. */
function placeOf(text: string, find: string): number | null {
  for (let at = text.indexOf(find); at !== -1; at = text.indexOf(find, at + 1)) {
    const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
    const next = text.charAt(at + find.length);
    const isWhole = !/[\w-]$/u.test(line) && !(/[\w:]$/u.test(find) && /[\w:.]/u.test(next));
    if (isWhole && !/^\s*#/u.test(line)) return at;
  }
  return null;
}
