import { block, type Page, paint } from '../../report/page.ts';
import type { Status, StatusLine } from './status.ts';

const MARK: Readonly<Record<StatusLine['state'], string>> = {
  fine: '✓',
  wrong: '✕',
  unknown: '?',
  note: '·',
};
const WORD: Readonly<Record<StatusLine['state'], string>> = {
  fine: 'ok:',
  wrong: 'no:',
  unknown: 'not known:',
  note: 'note:',
};
const COLOR = { fine: 'green', wrong: 'red', unknown: 'yellow', note: 'dim' } as const;

/** How a stack is, a paragraph a subject. */
export function statusText(title: string, { parts, next }: Status, page: Page): string {
  const sections = parts.flatMap(({ label, lines }) => [
    '',
    block(page, label, 2),
    ...lines.map(({ state, text }) =>
      block(page, `${paint(page, COLOR[state], page.drawing ? MARK[state] : WORD[state])} ${text}`, 4, 6),
    ),
  ]);
  const todo = next.length === 0 ? [] : ['', ...next.map((line) => block(page, line, 0, 2))];
  return `${[paint(page, 'bold', title), ...sections, ...todo].join('\n')}\n`;
}
