import { describe, expect, test } from 'vitest';
import { exitCode, judge } from '../../../src/cli/diagnose/judge.ts';
import type { CauseCode } from '../../../src/model/cause-code.ts';
import { diagnosisSchema, type Tri, type Verdict } from '../../../src/model/diagnosis.ts';
import { named as fixtures, MADE } from '../../report/diagnoses.ts';
import { caseOf, deadOutside, LINE, outside, SIX, zone } from '../../support/home.ts';
import { OLD4, WAN4 } from '../../support/names.ts';

const NOTHING = judge(caseOf({ evidence: [] }), MADE);

describe('the exit code', () => {
  /** Whether IPv4 works, and the verdicts that aren't `unknown`. */
  type Verdicts = Partial<Record<CauseCode, Verdict['verdict']>>;
  test.each<[Tri, Verdicts, number]>([
    ['yes', {}, 0],
    ['yes', { hairpin: 'confirmed' }, 0],
    ['yes', { dns: 'suspected' }, 0],
    ['no', { dns: 'confirmed' }, 1],
    ['no', { dns: 'suspected' }, 1],
    ['no', { dns: 'ruled-out', cgnat: 'confirmed' }, 1],
    ['no', { dns: 'ruled-out' }, 3],
    ['no', {}, 3],
    ['unknown', { dns: 'confirmed' }, 1],
    ['unknown', { 'port-forward': 'suspected' }, 1],
    ['unknown', { dns: 'ruled-out' }, 3],
    ['unknown', {}, 3],
  ])('IPv4 works: %s, %j -> %i', (ipv4, given, code) => {
    const verdicts = NOTHING.verdicts.map((each) => ({ ...each, verdict: given[each.cause] ?? 'unknown' }));
    const reachable = { ipv4, ipv6: 'yes' } as const;
    expect(exitCode({ ...NOTHING, reachable, verdicts })).toBe(code);
  });
});

describe('judging', () => {
  const evidence = [...LINE, ...zone([OLD4]), ...SIX, deadOutside(OLD4), outside(WAN4)];
  const seen = caseOf({ evidence });

  test('the order in which evidence came changes nothing', () => {
    const reversed = { ...seen, evidence: [...seen.evidence].reverse() };
    expect(judge(reversed, MADE)).toEqual(judge(seen, MADE));
    expect(exitCode(judge(seen, MADE))).toBe(1);
  });

  test('what was given stays as it is', () => {
    const before = structuredClone(seen);
    judge(seen, MADE);
    expect(seen).toEqual(before);
  });

  test('an interrupted diagnosis says so', () => {
    expect(judge(seen, { ...MADE, complete: false }).complete).toBe(false);
  });

  test.each(fixtures)('%s: can be read again', (_, diagnosis) => {
    expect(diagnosisSchema.parse(JSON.parse(JSON.stringify(diagnosis)))).toEqual(diagnosis);
  });
});
