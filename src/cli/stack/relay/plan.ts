import { UserError } from '../../../model/error.ts';
import { PLAN_SCHEMA_ID, planOf } from '../../../model/plan.ts';
import { type RelayPlan, relayPlanSchema } from '../../../model/relay-plan.ts';
import { control } from '../../../model/view/service.ts';
import { relayedNames } from '../../../remedies/relay/default-services.ts';
import { iamPolicy } from '../../../remedies/relay/iam-policy.ts';
import type { StackContext } from '../context.ts';
import { newMark } from '../new-mark.ts';
import { noPlanText, staleNote } from '../plan-words.ts';
import type { Planned, Planning } from '../remedy.ts';
import { chooseDns, dnsForPolicy } from './dns.ts';
import { hiddenOrigin } from './hidden-origin.ts';
import { chooseHost } from './host.ts';
import { readOutside, readRebootAt } from './options.ts';
import { againstRelay, againstSettings } from './refusals.ts';
import { chooseServices } from './services.ts';
import { relayState } from './state.ts';
import { planText } from './text.ts';

/** Turns a diagnosis into the plan of a relay. @throws UserError for flags and credentials */
export async function planRelay(the: Planning, context: StackContext): Promise<Planned<RelayPlan>> {
  const { diagnosis, options, stackName } = the;
  const { target } = diagnosis;
  const { page } = context.io;
  if (options.leaveContent) {
    throw new UserError(
      '--leave-content is for --remedy a-record; a record that leads to a relay has the address of the relay.',
    );
  }
  const earlier = planOf('relay', the.earlier);
  const state = relayState(the.deployment);
  const no = (because: readonly string[], next: readonly string[] = []): Planned<RelayPlan> => ({
    ok: false,
    text: noPlanText(target.host, because, [], next, page),
  });
  const rebootAt = readRebootAt(options.relay.rebootAt, earlier?.settings.rebootAt ?? null);
  const outside = readOutside(options.relay.outside, earlier?.outside ?? null);
  // A relay that serves is no reason against planning it again, whatever ails the server now.
  const isUp = state.started && (earlier !== null || state.hostId !== null);
  const against = isUp ? [] : againstRelay(diagnosis);
  if (against.length > 0) return no(against);

  const hidden = hiddenOrigin(the.deployment, target.host);
  const chosen = await chooseServices(options.relay, diagnosis, { earlier, hidden }, context);
  const settings = { services: chosen.services, rebootAt };
  const wrong = await againstSettings(settings, state.address === null ? [] : [state.address], context);
  if (wrong.length > 0) return no(wrong);
  const { decision, region, notes } = await chooseHost(options.relay, diagnosis, earlier, context);
  const names = relayedNames(target, chosen.services);
  if (options.relay.iamPolicy) {
    const provider = options.relay.dns ?? earlier?.dns.provider ?? null;
    const policy = iamPolicy({ host: decision.host, dns: await dnsForPolicy(names, provider, context) });
    return { ok: true, plan: null, text: `${JSON.stringify(policy, null, 2)}\n` };
  }
  const dns = await chooseDns(
    {
      names,
      provider: options.relay.dns ?? (state.started ? (earlier?.dns.provider ?? null) : null),
      adopt: options.adopt,
      ownContent: options.ownContent,
      restore: options.restore,
      earlier,
      diagnosis,
      deployment: the.deployment,
      stackName,
      now: the.now,
    },
    context,
  );
  if (!dns.ok) return no(dns.because, dns.next);
  const plan = relayPlanSchema.parse({
    schema: PLAN_SCHEMA_ID,
    remedy: 'relay',
    target,
    id: earlier?.id ?? newMark(),
    host: decision.host,
    settings,
    dns: dns.dns,
    outside,
    identity: control(diagnosis)?.identity ?? earlier?.identity ?? null,
    ...decision.price,
  } satisfies RelayPlan);
  const shown = {
    stack: stackName,
    plan,
    region,
    size: decision.size,
    isExact: decision.isExact,
    now: dns.now,
    notes: [...staleNote(the.staleHours), ...chosen.notes, ...notes, ...dns.notes],
  };
  return { ok: true, plan, text: planText(shown, page) };
}
