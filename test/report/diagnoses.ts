import { judge } from '../../src/cli/diagnose/judge.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Page } from '../../src/report/page.ts';
import type { Fixture } from '../causes/fixtures/fixture.ts';
import { ipv6 } from '../causes/fixtures/ipv6.ts';
import { missing } from '../causes/fixtures/missing.ts';
import { resolvers } from '../causes/fixtures/resolvers.ts';
import { rightA } from '../causes/fixtures/right-a.ts';
import { wrongA } from '../causes/fixtures/wrong-a.ts';
import { zoneFailures } from '../causes/fixtures/zone-failures.ts';
import { zones } from '../causes/fixtures/zones.ts';
import { caseOf } from '../support/home.ts';

export const MADE = { at: new Date('2026-11-23T21:00:01Z'), by: '0.1.0', complete: true };
export const DRAWN: Page = { width: 80, color: false, drawing: true };
export const PLAIN: Page = { ...DRAWN, drawing: false };

const ALL: readonly Fixture[] = [
  ...missing,
  ...wrongA,
  ...rightA,
  ...resolvers,
  ...zones,
  ...zoneFailures,
  ...ipv6,
];
/** Every case of the cause `dns`, judged. */
export const named = ALL.map((fixture) => [fixture.name, judge(caseOf(fixture), MADE)] as const);

export function diagnosisOf(name: string): Diagnosis {
  const found = named.find(([each]) => each === name);
  if (found === undefined) throw new Error(`no fixture is called ${name}`);
  return found[1];
}
