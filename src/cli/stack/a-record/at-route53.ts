import { noHostedZoneSentence } from '../../../cloud/aws/route53.ts';
import type { NameInHostedZone } from '../../../model/hosted-zone.ts';
import type { RecordsAtRoute53 } from '../../../model/plan.ts';
import { planAtRoute53 as decide } from '../../../remedies/a-record/at-route53.ts';
import { type SetsSoFar, shown } from '../../../remedies/a-record/one-set.ts';
import type { StackContext } from '../context.ts';
import type { Planned, Planning } from '../remedy.ts';
import { refusalText } from './refusal-text.ts';
import { planText } from './text.ts';

/** What is planned of. */
interface Route53Case {
  /** The name that the records are of. */
  readonly owner: string;
  readonly inZone: NameInHostedZone | null;
  readonly stack: SetsSoFar;
}

/** Plans record sets at Route 53. */
export async function planAtRoute53(
  { owner, inZone, stack }: Route53Case,
  { diagnosis, options, staleHours, stackName, now }: Planning,
  { io, signal }: StackContext,
): Promise<Planned<RecordsAtRoute53>> {
  const decision = decide({ diagnosis, inZone, flags: options, stack, now });
  if (!decision.ok) {
    const noZone = decision.refusals.some(({ code }) => code === 'no-zone');
    const zoneSentence = noZone ? await noHostedZoneSentence(owner, signal) : null;
    const relay = diagnosis.remedies.some(({ remedy }) => remedy === 'relay');
    const around = { provider: 'route53', staleHours, zoneSentence, relay } as const;
    return { ok: false, text: refusalText(diagnosis.target, decision, around, io.page) };
  }
  const found = [inZone?.a ?? [], inZone?.aaaa ?? []].flat().map(shown);
  const text = planText({ stack: stackName, diagnosis, decision, found, staleHours }, io.page);
  return { ok: true, plan: decision.plan, text };
}
