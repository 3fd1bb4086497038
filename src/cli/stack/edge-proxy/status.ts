import type { EdgeProxyPlan } from '../../../model/edge-proxy-plan.ts';
import { line, type Status } from '../../status/status.ts';
import type { StackContext } from '../context.ts';
import { isStarted } from '../deployment.ts';
import { edgeLine, isAtEdge, recordsNow } from '../records-at-edge.ts';

/** Whether the name leads to Cloudflare now, over both families. */
export async function edgeProxyStatus(
  { name }: EdgeProxyPlan,
  deployment: unknown,
  context: StackContext,
): Promise<Status> {
  const started = isStarted(deployment);
  const found = await recordsNow(name, context);
  const lines = found.map((record) =>
    edgeLine(record, started || isAtEdge(record) ? null : "planned is Cloudflare's"),
  );
  const wrong = lines.some(({ state }) => state === 'wrong');
  return {
    parts: [
      { label: 'Stack', lines: [started ? line('fine', 'up') : line('wrong', 'planned, and not up')] },
      { label: 'DNS now', lines },
    ],
    facts: { up: started, name, records: found },
    next: started
      ? wrong
        ? ['To put the DNS records right:  reach4 up']
        : ['To see whether the server answers behind it:  reach4 verify']
      : ['Next:  reach4 up'],
  };
}
