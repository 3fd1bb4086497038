import { type TunnelNow, tunnelNow } from '../../../cloud/cloudflare/tunnels.ts';
import { UserError } from '../../../model/error.ts';
import type { TunnelPlan } from '../../../model/tunnel-plan.ts';
import { plural } from '../../../report/prose/words.ts';
import { line, type Status, type StatusLine } from '../../status/status.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import type { StackContext } from '../context.ts';
import { edgeLine, recordsNow } from '../records-at-edge.ts';
import { tunnelState } from './state.ts';

/** How a tunnel is now: its connectors, as Cloudflare sees them, and where the name leads. */
export async function tunnelStatus(
  plan: TunnelPlan,
  deployment: unknown,
  context: StackContext,
): Promise<Status> {
  const { started, tunnelId, connected } = tunnelState(deployment);
  const [tunnel, records] = await Promise.all([
    tunnelId === null ? null : look(plan, tunnelId, context),
    recordsNow(plan.name, context),
  ]);
  const notYet = connected ? null : 'it leads to the tunnel once a connector was seen';
  const stack = started ? line('fine', 'up') : line('wrong', 'planned, and not up');
  const connectors = tunnel === null ? [] : connectorLines(tunnel);
  return {
    parts: [
      { label: 'Stack', lines: [stack] },
      ...(tunnel === null ? [] : [{ label: 'Connector', lines: connectors }]),
      { label: 'DNS now', lines: records.map((record) => edgeLine(record, notYet)) },
    ],
    facts: {
      up: started,
      tunnel: tunnelId,
      connected,
      connectors: tunnel === null || 'problem' in tunnel ? null : (tunnel.now?.connectors ?? []),
      records,
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
