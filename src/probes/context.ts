import {
  type Evidence,
  evidenceSchema,
  type ProbeCode,
  type Reason,
  type Seen,
  type Vantage,
} from '../model/evidence.ts';
import type { Clock } from '../ports/ports.ts';

/** From where, and until when, a probe looks. */
export interface ProbeContext {
  readonly vantage: Vantage;
  /** `here`, or the label of an agent: the second part of every id. */
  readonly where: string;
  readonly signal: AbortSignal;
}

/** One observation that has begun: each method ends it with what came of it. */
export interface EvidenceDraft<P extends ProbeCode> {
  /** @param how a command by which a person can check it. */
  ok(facts: Seen<P>['facts'], how: string): Evidence;
  failed(reason: Reason, how: string): Evidence;
  /** Nothing was tried. */
  skipped(reason: Reason): Evidence;
}

/**
 * Begins an observation: its time and duration count from here.
 * @param subject what is observed, unique among those of the probe: the id is `probe:where:subject`.
 */
export function evidenceOf<P extends ProbeCode>(
  probe: P,
  subject: string,
  { where, vantage }: Pick<ProbeContext, 'where' | 'vantage'>,
  clock: Clock,
): EvidenceDraft<P> {
  const at = clock.now().toISOString();
  const started = clock.monotonic();
  // Parsed, not cast: what comes from the network is checked once more before it is kept.
  const end = (rest: object): Evidence =>
    evidenceSchema.parse({
      id: `${probe}:${where}:${subject}`,
      probe,
      vantage,
      at,
      ms: Math.max(0, clock.monotonic() - started),
      ...rest,
    });
  return {
    ok: (facts, how) => end({ status: 'ok', facts, how }),
    failed: (reason, how) => end({ status: 'failed', reason, how }),
    skipped: (reason) => end({ status: 'skipped', reason, how: '' }),
  };
}
