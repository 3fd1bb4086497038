import { checkAccess, noZoneSentence, openZone } from '../../../cloud/cloudflare.ts';
import type { EdgeProxyPlan } from '../../../model/edge-proxy-plan.ts';
import { planOf } from '../../../model/plan.ts';
import { edgeOfferOf, planEdgeProxy } from '../../../remedies/edge-proxy.ts';
import { whyNotFor } from '../../../remedies/registry.ts';
import { whyNotText } from '../../../report/choices/why-not.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import type { StackContext } from '../context.ts';
import { isStarted } from '../deployment.ts';
import type { Planned, Planning, StackRemedy } from '../remedy.ts';
import { refusalText } from './refusal-text.ts';
import { stackSoFar } from './state.ts';
import { edgeProxyStatus } from './status.ts';
import { afterwards, downHeading, planText, upHeading } from './text.ts';

/** A name that Cloudflare's proxy answers for. */
export const edgeProxyStack: StackRemedy<EdgeProxyPlan> = {
  plan,
  checkAccess: ({ zone }, context) => checkAccess(zone, cloudflareWorld(context), context.signal),
  heading: (action, planned) => (action === 'down' ? downHeading(planned) : upHeading(planned)),
  afterwards,
  promised: async ({ identity, proven, records }) => ({
    records: [],
    identity,
    edge: { provider: 'Cloudflare', origin: records.flatMap(({ content }) => content ?? proven) },
  }),
  status: (planned, deployment, _looks, context) => edgeProxyStatus(planned, deployment, context),
};

async function plan(the: Planning, context: StackContext): Promise<Planned<EdgeProxyPlan>> {
  const { diagnosis, options, staleHours, stackName, now } = the;
  const { io, signal } = context;
  const earlier = planOf('edge-proxy', the.earlier);
  const offer = edgeOfferOf(diagnosis);
  const name = offer?.name ?? (isStarted(the.deployment) ? earlier?.name : undefined);
  const inZone = name === undefined ? null : await openZone(name, cloudflareWorld(context), signal);
  const stack = stackSoFar(the.deployment, name ?? diagnosis.target.host, the.earlier);
  const decision = planEdgeProxy({ diagnosis, inZone, flags: options, stack, earlier, stackName, now });
  if (!decision.ok) {
    const noZone = decision.refusals.some(({ code }) => code === 'no-zone') && name !== undefined;
    const why = offer === null ? whyNotFor(diagnosis, diagnosis.verdicts).get('edge-proxy') : undefined;
    const around = {
      staleHours,
      zoneSentence: noZone ? await noZoneSentence(name, cloudflareWorld(context), signal) : null,
      zone: inZone?.zone.name ?? diagnosis.target.host,
      whyNot: why === undefined ? null : whyNotText(why),
    };
    return { ok: false, text: refusalText(diagnosis.target, decision, around, io.page) };
  }
  const shown = { stack: stackName, decision, found: inZone?.addresses ?? [], staleHours };
  return { ok: true, plan: decision.plan, text: planText(shown, io.page) };
}
