import type { ARecordPlan } from '../../../model/plan.ts';
import { sameValues } from '../../../model/record-set.ts';
import type { Status, StatusLine } from '../../status/status.ts';
import type { StackContext } from '../context.ts';
import { isStarted } from '../deployment.ts';
import { resolved } from '../relay/looks.ts';
import { written } from './shown.ts';

/** The records of a stack, and what they are now. */
export async function aRecordStatus(
  plan: ARecordPlan,
  deployment: unknown,
  context: StackContext,
): Promise<Status> {
  const started = isStarted(deployment);
  const found = await Promise.all(
    written(plan).map(async (record) => ({ record, now: await resolved(record.name, record.type, context) })),
  );
  const lines = found.map(({ record, now }): StatusLine => {
    const { type, name, content, values, leaveContent } = record;
    const text = `${name} ${type}`;
    if (now === null) return { state: 'unknown', text: `${text}: no resolver of this machine answers` };
    const said = now.length === 0 ? 'none' : now.join(', ');
    const isRight = leaveContent ? now.length > 0 : sameValues(now, values);
    if (isRight) return { state: 'fine', text: `${text} ${said}` };
    return started
      ? {
          state: 'wrong',
          text: `${text} ${said}; it should be ${content}, and caches may keep an older answer`,
        }
      : { state: 'note', text: `${text} ${said}; planned is ${content}` };
  });
  return {
    parts: [
      {
        label: 'Stack',
        lines: [started ? { state: 'fine', text: 'up' } : { state: 'wrong', text: 'planned, and not up' }],
      },
      { label: 'DNS now', lines },
    ],
    facts: {
      up: started,
      records: found.map(({ record: { type, name, content }, now }) => ({
        name,
        type,
        expected: content,
        now,
      })),
    },
    next: started
      ? lines.some(({ state }) => state === 'wrong')
        ? ['To put the DNS records right:  reach4 up']
        : []
      : ['Next:  reach4 up'],
  };
}
