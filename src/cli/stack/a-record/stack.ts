import { checkAccess, noZoneSentence, openZone } from '../../../cloud/cloudflare.ts';
import type { ARecordPlan, Plan } from '../../../model/plan.ts';
import { offerOf, planARecord } from '../../../remedies/a-record.ts';
import type { StackContext } from '../context.ts';
import type { Planned, Planning, StackRemedy } from '../remedy.ts';
import { refusalText } from './refusal-text.ts';
import { stackSoFar } from './state.ts';
import { aRecordStatus } from './status.ts';
import { afterwards, downHeading, planText, upHeading } from './text.ts';

/** Records at Cloudflare, made or corrected. */
export const aRecordStack: StackRemedy<ARecordPlan> = {
  plan,
  checkAccess: ({ zone }, context) => checkAccess(zone, worldOf(context), context.signal),
  heading: (action, planned) => (action === 'down' ? downHeading(planned) : upHeading(planned)),
  afterwards,
  promised: async ({ records, identity }) => ({ records, identity }),
  status: (planned, deployment, _looks, context) => aRecordStatus(planned, deployment, context),
};

async function plan(the: Planning, context: StackContext): Promise<Planned<ARecordPlan>> {
  const { diagnosis, options, staleHours, stackName, now } = the;
  const { io, signal } = context;
  const stack = stackSoFar(the.deployment, ofThisRemedy(the.earlier));
  const offer = offerOf(diagnosis);
  const owner = offer?.name ?? (stack.started ? stack.plan?.records[0]?.name : undefined);
  const inZone = owner === undefined ? null : await openZone(owner, worldOf(context), signal);
  const decision = planARecord({ diagnosis, inZone, flags: options, stack, stackName, now });
  if (!decision.ok) {
    const noZone = decision.refusals.some(({ code }) => code === 'no-zone') && owner !== undefined;
    const zoneSentence = noZone ? await noZoneSentence(owner, worldOf(context), signal) : null;
    const relay = diagnosis.remedies.some(({ remedy }) => remedy === 'relay');
    return {
      ok: false,
      text: refusalText(diagnosis.target, decision, { staleHours, zoneSentence, relay }, io.page),
    };
  }
  const shown = { stack: stackName, diagnosis, decision, found: inZone?.addresses ?? [], staleHours };
  return { ok: true, plan: decision.plan, text: planText(shown, io.page) };
}

const worldOf = ({ ports, env }: StackContext) => ({ net: ports.net, clock: ports.clock, env });

const ofThisRemedy = (plan: Plan | null): ARecordPlan | null => (plan?.remedy === 'a-record' ? plan : null);
