import { checkTunnels, openTunnels } from '../../../cloud/cloudflare/tunnels.ts';
import { checkAccess as checkZone, noZoneSentence, openZone } from '../../../cloud/cloudflare.ts';
import { UserError } from '../../../model/error.ts';
import { planOf } from '../../../model/plan.ts';
import type { TunnelPlan } from '../../../model/tunnel-plan.ts';
import { againstTunnel, planTunnel, type TunnelDecision } from '../../../remedies/tunnel/plan.ts';
import { removeConnector } from '../../connector/after-down.ts';
import type { Promised } from '../../verify/check.ts';
import { openStack } from '../automation.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import { openSetting, type StackContext } from '../context.ts';
import { newMark } from '../new-mark.ts';
import type { Planned, Planning, StackRemedy } from '../remedy.ts';
import { readService } from './options.ts';
import { refusalText } from './refusal-text.ts';
import { seenConnector, tunnelNameSoFar, tunnelState } from './state.ts';
import { tunnelStatus } from './status.ts';
import { afterwards, heading, planText } from './text.ts';

/** A tunnel of Cloudflare's from the server, and the name that leads there. */
export const tunnelStack: StackRemedy<TunnelPlan> = {
  plan,
  checkAccess,
  heading,
  afterwards: async (action, planned, before, state) =>
    afterwards(action, planned, action === 'up' ? seenConnector(before, await state()) : 'none'),
  promised,
  afterDown: (before, context) => removeConnector(before, context),
  status: (planned, deployment, _looks, context) => tunnelStatus(planned, deployment, context),
};

async function plan(the: Planning, context: StackContext): Promise<Planned<TunnelPlan>> {
  const { diagnosis, options, staleHours, stackName, now } = the;
  const { io, signal } = context;
  const service = readService(options.tunnel.service);
  const refused = async (decision: Extract<TunnelDecision, { ok: false }>): Promise<Planned<TunnelPlan>> => {
    const { host } = diagnosis.target;
    const noZone = decision.refusals.some(({ code }) => code === 'no-zone');
    const zoneSentence = noZone ? await noZoneSentence(host, cloudflareWorld(context), signal) : null;
    return { ok: false, text: refusalText(diagnosis, decision, { staleHours, zoneSentence }, io.page) };
  };
  // Said to everybody, also without a token.
  const against = againstTunnel(diagnosis);
  if (against.length > 0) return refused({ ok: false, refusals: against, notes: [] });
  const name = diagnosis.target.host;
  const held = await openZone(name, cloudflareWorld(context), signal);
  const decision = planTunnel({
    diagnosis,
    held,
    account: held === null ? null : await openTunnels(held.zone, cloudflareWorld(context), signal),
    flags: { ...options, service },
    stack: tunnelNameSoFar(the.deployment, name, the.earlier, held),
    earlier: planOf('tunnel', the.earlier),
    stackName,
    newId: newMark(),
    now,
  });
  if (!decision.ok) return refused(decision);
  const connected = tunnelState(the.deployment).connected;
  const shown = { stack: stackName, decision, found: held?.addresses ?? [], staleHours, connected };
  return { ok: true, plan: decision.plan, text: planText(shown, io.page) };
}

async function checkAccess({ zone, account }: TunnelPlan, context: StackContext): Promise<void> {
  await checkZone(zone, cloudflareWorld(context), context.signal);
  await checkTunnels(account, cloudflareWorld(context), context.signal);
}

/** What answers for the name then is Cloudflare: whose addresses those are, the records don't say. */
async function promised(plan: TunnelPlan, stack: string, context: StackContext): Promise<Promised> {
  const opened = await openStack(await openSetting(context), stack, false);
  const { connected } = tunnelState(opened === null ? null : await opened.state());
  if (!connected) {
    throw new UserError(
      `${plan.name} doesn't lead to the tunnel of the stack ${stack} yet, because no connector was seen on it; expected \`reach4 connector install\` on the server, and then \`reach4 up\`.`,
    );
  }
  const origin = plan.previous.flatMap(({ type, content }) => (type === 'AAAA' ? [content] : []));
  return { records: [], identity: plan.identity, edge: { provider: 'Cloudflare', origin } };
}
