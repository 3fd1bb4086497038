import { checkHostedZone } from '../../../cloud/aws/route53.ts';
import { checkAccess as checkCloudflare } from '../../../cloud/cloudflare.ts';
import { UserError } from '../../../model/error.ts';
import { type ARecordPlan, planOf } from '../../../model/plan.ts';
import type { AddressType } from '../../../model/record-set.ts';
import { plannedEarlier, type SetsSoFar } from '../../../remedies/a-record/one-set.ts';
import type { StackSoFar, Whereabouts } from '../../../remedies/a-record/outcome.ts';
import { offerOf } from '../../../remedies/a-record.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import type { StackContext } from '../context.ts';
import type { Planned, Planning, StackRemedy } from '../remedy.ts';
import { atCloudflare, atRoute53, findZones, isTokenSet } from '../zones.ts';
import { planAtCloudflare } from './at-cloudflare.ts';
import { planAtRoute53 } from './at-route53.ts';
import { rightsText } from './policy.ts';
import { refusalText } from './refusal-text.ts';
import { written } from './shown.ts';
import { setsSoFar, stackSoFar } from './state.ts';
import { aRecordStatus } from './status.ts';
import { afterwards, downHeading, upHeading } from './text.ts';

/** Records at Cloudflare or Route 53, made or corrected. */
export const aRecordStack: StackRemedy<ARecordPlan> = {
  plan,
  checkAccess,
  heading: (action, planned) => (action === 'down' ? downHeading(planned) : upHeading(planned)),
  afterwards,
  promised: async (planned) => ({ records: promisedRecords(planned), identity: planned.identity }),
  status: (planned, deployment, _looks, context) => aRecordStatus(planned, deployment, context),
};

async function plan(the: Planning, context: StackContext): Promise<Planned<ARecordPlan>> {
  const { diagnosis, options, deployment } = the;
  const earlier = planOf('a-record', the.earlier);
  const stack = stackSoFar(deployment, earlier?.provider === 'cloudflare' ? earlier : null);
  const sets = setsSoFar(deployment, earlier?.provider === 'route53' ? earlier : null);
  const planned = plannedEarlier(sets);
  const offer = offerOf(diagnosis);
  const before = stack.started ? (planned[0]?.name ?? stack.plan?.records[0]?.name) : undefined;
  const owner = offer?.name ?? before;
  const nothing = { owner, inZone: null, stack, elsewhere: null };
  if (owner === undefined) return planAtCloudflare(nothing, the, context);

  const standing = whereabouts(stack, sets);
  const { dns } = options.relay;
  const provider = dns ?? standing?.provider ?? null;
  if (provider === 'manual') {
    throw new UserError(
      '--dns manual is for a relay; a-record writes the records itself: expected --dns cloudflare or --dns route53, or neither.',
    );
  }
  const types = [...new Set([...(offer?.changes ?? []), ...planned].map(({ type }) => type))];
  const wanted = { names: [owner], types };
  if (options.relay.iamPolicy)
    return { ok: true, plan: null, text: await rightsText(wanted, provider, context) };
  if (standing !== null && provider !== standing.provider) return hasMoved(standing, the, context);
  switch (provider) {
    case 'cloudflare': {
      const { names } = await atCloudflare(wanted, context);
      return planAtCloudflare({ ...nothing, inZone: names.get(owner) ?? null }, the, context);
    }
    case 'route53': {
      const { names } = await atRoute53(wanted, context);
      return planAtRoute53({ owner, inZone: names.get(owner) ?? null, stack: sets }, the, context);
    }
    case null:
      return planWhereFound(owner, types, { stack, sets }, the, context);
  }
}

async function planWhereFound(
  owner: string,
  types: readonly AddressType[],
  { stack, sets }: { readonly stack: StackSoFar; readonly sets: SetsSoFar },
  the: Planning,
  context: StackContext,
): Promise<Planned<ARecordPlan>> {
  const { held, cloudflare, route53 } = await findZones({ names: [owner], types }, context);
  if (held?.provider === 'route53')
    return planAtRoute53({ owner, inZone: held.names.get(owner) ?? null, stack: sets }, the, context);
  if (held?.provider === 'cloudflare') {
    const found = { owner, inZone: held.names.get(owner) ?? null, stack, elsewhere: null };
    return planAtCloudflare(found, the, context);
  }
  if (!isTokenSet(context)) {
    throw new UserError(
      `Nothing was found that reach4 may write ${owner} in: ${cloudflare}; at Route 53: ${withoutDot(route53)}; expected a token with the rights Zone:Read and DNS:Edit in CLOUDFLARE_API_TOKEN, or credentials for the AWS account that holds the zone.`,
    );
  }
  const none = { owner, inZone: null, stack, elsewhere: `at Route 53: ${withoutDot(route53)}` };
  return planAtCloudflare(none, the, context);
}

const withoutDot = (sentence: string): string => sentence.replace(/\.$/u, '');

/** Where the records of a stack that is up are; null where it isn't, or has none. */
function whereabouts(stack: StackSoFar, sets: SetsSoFar): Whereabouts | null {
  if (!stack.started) return null;
  const [set] = sets.sets;
  const at = sets.plan ?? stack.plan;
  const provider = set !== undefined ? 'route53' : stack.records.length > 0 ? 'cloudflare' : at?.provider;
  if (provider === undefined) return null;
  const name = set?.name ?? at?.records[0]?.name ?? '';
  return { provider, name, zone: at?.zone.name ?? set?.zoneId ?? '' };
}

function hasMoved(from: Whereabouts, the: Planning, { io }: StackContext): Planned<ARecordPlan> {
  const decision = { ok: false, refusals: [{ code: 'moved', from }], notes: [] } as const;
  const around = { provider: from.provider, staleHours: null, zoneSentence: null, relay: false };
  return { ok: false, text: refusalText(the.diagnosis.target, decision, around, io.page) };
}

async function checkAccess(planned: ARecordPlan, context: StackContext): Promise<void> {
  const { signal } = context;
  if (planned.provider === 'cloudflare')
    await checkCloudflare(planned.zone, cloudflareWorld(context), signal);
  else await checkHostedZone(planned.zone, planned.records, signal);
}

const promisedRecords = (planned: ARecordPlan) =>
  written(planned).map(({ type, values: [content = '', ...beside], leaveContent }) => {
    return { type, content, beside, leaveContent };
  });
