import { type TunnelNow, tunnelNow } from '../../../cloud/cloudflare/tunnels.ts';
import { UserError } from '../../../model/error.ts';
import type { TunnelPlan } from '../../../model/tunnel-plan.ts';
import { edgeProvider } from '../../../model/view/proxies.ts';
import { plural } from '../../../report/prose/words.ts';
import { line, type Status, type StatusLine } from '../../status/status.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import type { StackContext } from '../context.ts';
import { resolved } from '../relay/looks.ts';
import { tunnelState } from './state.ts';

/** How a tunnel is now: its connectors, as Cloudflare sees them, and where the name leads. */
export async function tunnelStatus(
  plan: TunnelPlan,
  deployment: unknown,
  context: StackContext,
): Promise<Status> {
  const { started, tunnelId, connected } = tunnelState(deployment);
  const [tunnel, dns] = await Promise.all([
    tunnelId === null ? null : look(plan, tunnelId, context),
    records(plan, connected, context),
  ]);
  const stack = started ? line('fine', 'up') : line('wrong', 'planned, and not up');
  const connectors = tunnel === null ? [] : connectorLines(tunnel);
  return {
    parts: [
      { label: 'Stack', lines: [stack] },
      ...(tunnel === null ? [] : [{ label: 'Connector', lines: connectors }]),
      { label: 'DNS now', lines: dns.lines },
    ],
    facts: {
      up: started,
      tunnel: tunnelId,
      connected,
      connectors: tunnel === null || 'problem' in tunnel ? null : (tunnel.now?.connectors ?? []),
      records: dns.facts,
    },
    next: nextSteps(started, connected, tunnel),
  };
}

/** What was found, or why nobody could tell. */
type Look = { readonly now: TunnelNow | null } | { readonly problem: string };

async function look({ account }: TunnelPlan, tunnelId: string, context: StackContext): Promise<Look> {
  try {
    return { now: await tunnelNow(account.id, tunnelId, cloudflareWorld(context), context.signal) };
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}

function connectorLines(tunnel: Look): StatusLine[] {
  if ('problem' in tunnel) return [line('unknown', tunnel.problem)];
  const { now } = tunnel;
  if (now === null || now.deleted) {
    return [line('wrong', 'the tunnel is gone: somebody has deleted it at Cloudflare')];
  }
  if (now.connectors.length === 0) {
    return [
      line(
        'wrong',
        now.status === 'inactive' ? 'none was ever connected' : `none is connected (${now.status})`,
      ),
    ];
  }
  return now.connectors.map(({ version, at }) => {
    const places = [...new Set(at)].filter((place) => place !== '').join(', ');
    return line(
      'fine',
      `cloudflared${version === '' ? '' : ` ${version}`}, ${plural(at.length, 'connection')}${places === '' ? '' : ` (${places})`}`,
    );
  });
}

interface Records {
  readonly lines: readonly StatusLine[];
  readonly facts: readonly { name: string; type: 'A' | 'AAAA'; now: readonly string[] | null }[];
}

/** A proxied name answers with addresses of Cloudflare's edge. */
async function records({ name }: TunnelPlan, connected: boolean, context: StackContext): Promise<Records> {
  const types = ['A', 'AAAA'] as const;
  const facts = await Promise.all(
    types.map(async (type) => ({ name, type, now: await resolved(name, type, context) })),
  );
  const lines = facts.map(({ type, now }): StatusLine => {
    const text = `${name} ${type}`;
    if (now === null) return line('unknown', `${text}: no resolver of this machine answers`);
    const said = now.length === 0 ? 'none' : now.join(', ');
    if (!connected) return line('note', `${text} ${said}; it leads to the tunnel once a connector was seen`);
    const isAtEdge = now.length > 0 && now.every((address) => edgeProvider(address, []) === 'Cloudflare');
    return isAtEdge
      ? line('fine', `${text} ${said} (Cloudflare)`)
      : line('wrong', `${text} ${said}; it should be Cloudflare's, and caches may keep an older answer`);
  });
  return { lines, facts };
}

function nextSteps(started: boolean, connected: boolean, tunnel: Look | null): string[] {
  if (!started || tunnel === null) return ['Next:  reach4 up'];
  if ('problem' in tunnel) return [];
  const { now } = tunnel;
  if (now === null || now.deleted) {
    return ['To make another tunnel:  reach4 down, and then reach4 up'];
  }
  if (now.connectors.length === 0) {
    return connected
      ? ['On the server, to see why:  reach4 connector status']
      : ['On the server:  reach4 connector install; then here:  reach4 up'];
  }
  return connected ? [] : ['To lead the name to the tunnel:  reach4 up'];
}
