import { judge } from '../../../src/cli/diagnose/judge.ts';
import { check, type Promised } from '../../../src/cli/verify/check.ts';
import type { Evidence, Vantage } from '../../../src/model/evidence.ts';
import { MADE } from '../../report/diagnoses.ts';
import { caseOf } from '../../support/home.ts';
import { SERVICE, WAN4 } from '../../support/names.ts';

/** A plan that sets the A record to the line's address. */
export const A_PLAN: Promised = { records: [{ type: 'A', content: WAN4 }], identity: SERVICE };

interface Look {
  readonly promised?: Promised;
  readonly vantage?: Vantage;
}

/** What `verify` makes of the evidence. */
export const checksOf = (evidence: readonly Evidence[], { promised = A_PLAN, vantage }: Look = {}) =>
  check(promised, judge(caseOf({ evidence, ...(vantage !== undefined && { vantage }) }), MADE));
