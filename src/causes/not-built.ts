import type { CauseCode } from '../model/diagnosis.ts';
import type { Cause } from './cause.ts';

/** A cause that isn't judged yet: always `unknown`, and says so. */
export const notBuilt = (code: CauseCode): Cause => ({
  code,
  judge: () => ({
    cause: code,
    verdict: 'unknown',
    because: [{ code: 'not-built', args: {} }],
    evidence: [],
    next: null,
  }),
});
