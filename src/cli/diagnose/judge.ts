import { conditionsOf } from '../../causes/conditions/registry.ts';
import { CAUSES } from '../../causes/registry.ts';
import { CAUSE_CODES } from '../../model/cause-code.ts';
import { DIAGNOSIS_SCHEMA_ID, type Diagnosis } from '../../model/diagnosis.ts';
import type { Case } from '../../model/view/case.ts';
import { reachability } from '../../model/view/reachability.ts';
import { combinationFor, remediesFor } from '../../remedies/registry.ts';

/** Judges evidence, wherever and whenever it was collected. */
export function judge(seen: Case, made: { at: Date; by: string; complete: boolean }): Diagnosis {
  // Whichever probe was faster, the same evidence gives the same diagnosis.
  const evidence = [...seen.evidence].sort((one, other) => one.id.localeCompare(other.id, 'en'));
  const the: Case = { ...seen, evidence };
  const verdicts = CAUSE_CODES.map((code) => CAUSES[code].judge(the));
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
    conditions: conditionsOf(the, verdicts),
    remedies,
    combination: combinationFor(the, verdicts, remedies),
    evidence,
  };
}

/**
 * 0 IPv4 works; 1 it doesn't and a cause is confirmed or suspected; 3 it doesn't, or can't be told, and no cause
 * could be named.
 */
export function exitCode({ reachable, verdicts }: Diagnosis): 0 | 1 | 3 {
  if (reachable.ipv4 === 'yes') return 0;
  return verdicts.some(({ verdict }) => verdict === 'confirmed' || verdict === 'suspected') ? 1 : 3;
}
