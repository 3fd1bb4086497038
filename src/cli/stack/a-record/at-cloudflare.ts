import { noZoneSentence } from '../../../cloud/cloudflare.ts';
import type { RecordsAtCloudflare } from '../../../model/plan.ts';
import type { NameInZone } from '../../../model/zone-records.ts';
import type { StackSoFar } from '../../../remedies/a-record/outcome.ts';
import { planARecord } from '../../../remedies/a-record.ts';
import { cloudflareWorld } from '../cloudflare-world.ts';
import type { StackContext } from '../context.ts';
import type { Planned, Planning } from '../remedy.ts';
import { refusalText } from './refusal-text.ts';
import { planText } from './text.ts';

/** What is planned of. */
export interface CloudflareCase {
  /** The name that the records are of; undefined where nothing is offered. */
  readonly owner: string | undefined;
  readonly inZone: NameInZone | null;
  readonly stack: StackSoFar;
  /** Why the zone isn't at Route 53 either; null where that wasn't asked. */
  readonly elsewhere: string | null;
}

/** Plans records at Cloudflare. */
export async function planAtCloudflare(
  { owner, inZone, stack, elsewhere }: CloudflareCase,
  { diagnosis, options, staleHours, stackName, now }: Planning,
  context: StackContext,
): Promise<Planned<RecordsAtCloudflare>> {
  const { page } = context.io;
  const decision = planARecord({ diagnosis, inZone, flags: options, stack, stackName, now });
  if (!decision.ok) {
    const noZone = decision.refusals.some(({ code }) => code === 'no-zone') && owner !== undefined;
    const sentence = noZone ? await noZoneSentence(owner, cloudflareWorld(context), context.signal) : null;
    const zoneSentence = elsewhere === null || sentence === null ? sentence : `${sentence}, and ${elsewhere}`;
    const relay = diagnosis.remedies.some(({ remedy }) => remedy === 'relay');
    const around = { provider: 'cloudflare', staleHours, zoneSentence, relay } as const;
    return { ok: false, text: refusalText(diagnosis.target, decision, around, page) };
  }
  const shown = { stack: stackName, diagnosis, decision, found: inZone?.addresses ?? [], staleHours };
  return { ok: true, plan: decision.plan, text: planText(shown, page) };
}
