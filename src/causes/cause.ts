import type { CauseCode } from '../model/cause-code.ts';
import type { Next, Verdict } from '../model/diagnosis.ts';
import type { Finding } from '../model/finding.ts';
import type { Case } from '../model/view/case.ts';

/** Judges evidence, never observes: the same case always gets the same verdict. */
export interface Cause {
  readonly code: CauseCode;
  judge(the: Case): Verdict;
}

/** What one part of a cause concludes. */
export interface Opinion {
  readonly verdict: Verdict['verdict'];
  readonly because: readonly Finding[];
  readonly evidence: readonly string[];
  readonly next: Next | null;
}

/** Graver first: a part that is wrong isn't made right by one that is fine, nor is a part that couldn't be seen. */
const GRAVITY: readonly Verdict['verdict'][] = ['confirmed', 'suspected', 'unknown', 'ruled-out'];

/** One verdict from the opinions on its parts: the gravest counts, and every part says why. */
export function combine(cause: CauseCode, opinions: readonly Opinion[]): Verdict {
  const byGravity = [...opinions].sort(
    (one, other) => GRAVITY.indexOf(one.verdict) - GRAVITY.indexOf(other.verdict),
  );
  const verdict = byGravity[0]?.verdict ?? 'unknown';
  return {
    cause,
    verdict,
    because: byGravity.flatMap(({ because }) => because),
    evidence: [...new Set(byGravity.flatMap(({ evidence }) => evidence))],
    next: byGravity.find(({ next }) => next !== null)?.next ?? null,
  };
}
