import type { Plan } from '../../model/plan.ts';
import { hostPort } from '../../model/target.ts';
import { block, type Page, paint } from '../../report/page.ts';
import { type Check, canChange, isAchieved } from './check.ts';

const MARK = { holds: '✓', fails: '✕', waiting: '…' } as const;
const WORD = { holds: 'ok', fails: 'no', waiting: 'not yet' } as const;
const COLOR = { holds: 'green', fails: 'red', waiting: 'yellow' } as const;

/** What was verified, a line each, and the result. */
export function checksText({ target }: Pick<Plan, 'target'>, checks: readonly Check[], page: Page): string {
  const lines = checks.map(({ code, state, text }) => {
    // A copy somewhere is told, but nothing that has to be waited for.
    const sign = code === 'copies' ? 'note:' : page.drawing ? MARK[state] : `${WORD[state]}:`;
    return block(page, `${paint(page, COLOR[state], sign)} ${text}`, 2, 4);
  });
  const subject = hostPort(target.host, target.port);
  const result = isAchieved(checks)
    ? `Verified: ${subject} answers over IPv4 as over IPv6.`
    : `Not verified: ${subject}.${canChange(checks) ? ' If `reach4 up` was run, time may change it: add --wait.' : ''}`;
  return `${[...lines, '', block(page, paint(page, 'bold', result), 0)].join('\n')}\n`;
}
