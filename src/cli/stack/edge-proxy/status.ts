import type { EdgeProxyPlan } from '../../../model/edge-proxy-plan.ts';
import { edgeProvider } from '../../../model/view/proxies.ts';
import { line, type Status, type StatusLine } from '../../status/status.ts';
import type { StackContext } from '../context.ts';
import { isStarted } from '../deployment.ts';
import { resolved } from '../relay/looks.ts';

const TYPES = ['A', 'AAAA'] as const;

/** Whether the name leads to Cloudflare now, over both families. */
export async function edgeProxyStatus(
  { name }: EdgeProxyPlan,
  deployment: unknown,
  context: StackContext,
): Promise<Status> {
  const started = isStarted(deployment);
  const found = await Promise.all(
    TYPES.map(async (type) => ({ type, now: await resolved(name, type, context) })),
  );
  const lines = found.map(({ type, now }): StatusLine => {
    const text = `${name} ${type}`;
    if (now === null) return line('unknown', `${text}: no resolver of this machine answers`);
    const said = now.length === 0 ? 'none' : now.join(', ');
    if (now.length > 0 && now.every(isCloudflare)) return line('fine', `${text} ${said} (Cloudflare)`);
    return started
      ? line('wrong', `${text} ${said}; it should be Cloudflare's, and caches may keep an older answer`)
      : line('note', `${text} ${said}; planned is Cloudflare's`);
  });
  const wrong = lines.some(({ state }) => state === 'wrong');
  return {
    parts: [
      { label: 'Stack', lines: [started ? line('fine', 'up') : line('wrong', 'planned, and not up')] },
      { label: 'DNS now', lines },
    ],
    facts: { up: started, name, records: found.map(({ type, now }) => ({ name, type, now })) },
    next: started
      ? wrong
        ? ['To put the DNS records right:  reach4 up']
        : ['To see whether the server answers behind it:  reach4 verify']
      : ['Next:  reach4 up'],
  };
}

const isCloudflare = (address: string): boolean => edgeProvider(address, []) === 'Cloudflare';
