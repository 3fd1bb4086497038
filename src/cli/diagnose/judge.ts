import { conditionsOf } from '../../causes/conditions/registry.ts';
import { CAUSES } from '../../causes/registry.ts';
import { CAUSE_CODES } from '../../model/cause-code.ts';
import { DIAGNOSIS_SCHEMA_ID, type Diagnosis } from '../../model/diagnosis.ts';
import type { Note } from '../../model/note.ts';
import { agreementOf } from '../../model/view/agreement.ts';
import type { Case } from '../../model/view/case.ts';
import { reachability } from '../../model/view/reachability.ts';
import { combinationFor, remediesFor } from '../../remedies/registry.ts';
import { weighed, weighedCondition } from './weigh.ts';

interface Made {
  readonly at: Date;
  readonly by: string;
  readonly complete: boolean;
  /** From files: nothing was looked at from here. */
  readonly offline?: boolean;
  readonly redacted?: boolean;
}

/** Judges evidence, wherever and whenever it was collected. */
export function judge(seen: Case, made: Made): Diagnosis {
  // Whichever probe was faster, the same evidence gives the same diagnosis.
  const evidence = [...seen.evidence].sort((one, other) => one.id.localeCompare(other.id, 'en'));
  const whole: Case = { ...seen, evidence };
  const agreement = agreementOf(whole, made.at);
  const the: Case = { ...whole, evidence: evidence.filter(({ id }) => !agreement.replaced.has(id)) };
  const verdicts = CAUSE_CODES.map((code) => weighed(CAUSES[code].judge(the), agreement, the));
  const remedies = remediesFor(the, verdicts);
  return {
    schema: DIAGNOSIS_SCHEMA_ID,
    reach4: made.by,
    madeAt: made.at.toISOString(),
    target: the.target,
    vantage: the.vantage,
    reachable: { ipv4: reachability(the, 'ipv4'), ipv6: reachability(the, 'ipv6') },
    complete: made.complete,
    verdicts,
    conditions: conditionsOf(the, verdicts)
      .map((each) => weighedCondition(each, agreement, the))
      // That all is well is certain, or isn't said.
      .filter(({ condition, verdict }) => condition !== 'healthy' || verdict === 'confirmed'),
    remedies,
    combination: combinationFor(the, verdicts, remedies),
    notes: [...ofFiles(made), ...agreement.notes],
    evidence: [...the.evidence],
  };
}

const ofFiles = ({ offline = false, redacted = false }: Made): Note[] => [
  ...(offline ? [{ code: 'files-alone' as const, args: {} }] : []),
  ...(redacted ? [{ code: 'redacted' as const, args: {} }] : []),
];

/**
 * 0 IPv4 works; 1 it doesn't and a cause is confirmed or suspected; 3 it doesn't, or can't be told, and no cause
 * could be named.
 */
export function exitCode({ reachable, verdicts }: Diagnosis): 0 | 1 | 3 {
  if (reachable.ipv4 === 'yes') return 0;
  return verdicts.some(({ verdict }) => verdict === 'confirmed' || verdict === 'suspected') ? 1 : 3;
}
