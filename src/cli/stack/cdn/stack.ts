import { checkCdnAccess, openForCdn } from '../../../cloud/aws/cdn.ts';
import { noHostedZoneSentence } from '../../../cloud/aws/route53.ts';
import type { CdnPlan } from '../../../model/cdn-plan.ts';
import { UserError } from '../../../model/error.ts';
import { planOf } from '../../../model/plan.ts';
import { cdnIamPolicy } from '../../../remedies/cdn/iam-policy.ts';
import { originNameFor, planCdn } from '../../../remedies/cdn/plan.ts';
import { caaOf } from '../caa-look.ts';
import type { StackContext } from '../context.ts';
import { newMark } from '../new-mark.ts';
import { noPlanText, staleNote } from '../plan-words.ts';
import { lookBeside, resolved } from '../relay/looks.ts';
import type { Planned, Planning, StackRemedy } from '../remedy.ts';
import { lostNotes } from './lost-text.ts';
import { readOriginName } from './options.ts';
import { cdnSoFar } from './state.ts';
import { cdnStatus } from './status.ts';
import { afterwards, heading, nextCommands, noteText, originNote, planText, refusalText } from './text.ts';

/** CloudFront in front of the server. */
export const cdnStack: StackRemedy<CdnPlan> = {
  plan,
  checkAccess: (planned, { signal }) => checkCdnAccess(planned, signal),
  heading,
  afterwards,
  // What CloudFront's addresses are, it decides for each visitor: only who answers there can be promised.
  promised: async ({ identity, origin, types }, _stack, context) => ({
    records: [],
    identity,
    edge: {
      provider: 'CloudFront',
      types,
      origin: origin.addresses ?? (await resolved(origin.name, 'AAAA', context)) ?? [],
    },
  }),
  status: (planned, deployment, _looks, context) => cdnStatus(planned, deployment, context),
};

/** Turns a diagnosis into the plan of a distribution. @throws UserError for flags and credentials */
async function plan(the: Planning, context: StackContext): Promise<Planned<CdnPlan>> {
  const { diagnosis, options, now } = the;
  const { io, ports, signal } = context;
  if (options.leaveContent) {
    throw new UserError(
      '--leave-content is for --remedy a-record; for a name that something else keeps, expected --ipv4-only or --origin-name.',
    );
  }
  const earlier = planOf('cdn', the.earlier);
  const stack = cdnSoFar(the.deployment, earlier);
  const name = (stack.started ? earlier?.name : null) ?? diagnosis.target.host;
  const given = readOriginName(options.cdn.originName);
  const originIn = (zone: string): string =>
    given ?? (stack.started ? earlier?.origin.name : null) ?? originNameFor(name, zone);
  if (options.relay.iamPolicy)
    return { ok: true, plan: null, text: await policyText(name, given, originIn, context) };

  const isName = diagnosis.target.hostKind === 'name';
  const held = isName ? await openForCdn(name, originIn, ports, signal) : null;
  const decision = planCdn({
    diagnosis,
    held,
    givenOrigin:
      given === null ? null : { name: given, addresses: (await resolved(given, 'AAAA', context)) ?? [] },
    caa: isName ? await caaOf(name, context) : null,
    http: stack.started ? false : (await lookBeside(diagnosis, context)).http,
    flags: { ...options, ipv4Only: options.cdn.ipv4Only },
    stack,
    id: newMark(),
    now,
  });
  const origin = given ?? held?.origin.name ?? '';
  const notes = [...staleNote(the.staleHours), ...decision.notes.map((note) => noteText(note, origin))];
  if (!decision.ok) {
    const missing = decision.refusals.some(({ code }) => code === 'no-zone');
    const noZone = missing ? await noHostedZoneSentence(name, signal) : null;
    const because = decision.refusals.map((refusal) => refusalText(refusal, noZone));
    return {
      ok: false,
      text: noPlanText(
        name,
        because,
        notes,
        nextCommands(decision.refusals, held?.zone.name ?? name),
        io.page,
      ),
    };
  }
  const shown = {
    stack: the.stackName,
    plan: decision.plan,
    now: held?.name.sets ?? [],
    notes: [originNote(decision.plan), ...notes, ...lostNotes(decision.plan)],
  };
  return { ok: true, plan: decision.plan, text: planText(shown, io.page) };
}

/** The rights can be asked for before anybody has them: then the zone isn't known, and nobody has to be let in. */
async function policyText(
  name: string,
  given: string | null,
  originIn: (zone: string) => string,
  { ports, signal }: StackContext,
): Promise<string> {
  const held = await openForCdn(name, originIn, ports, signal).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  const originName = given === null ? (held?.origin.name ?? originIn('')) : null;
  const policy = cdnIamPolicy({ zoneId: held?.zone.id ?? null, name, originName });
  return `${JSON.stringify(policy, null, 2)}\n`;
}
