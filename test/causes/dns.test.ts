import { describe, expect, test } from 'vitest';
import { exitCode, judge } from '../../src/cli/diagnose/judge.ts';
import { diagnosisSchema } from '../../src/model/diagnosis.ts';
import { caseOf } from '../support/home.ts';
import type { Change, Fixture } from './fixtures/fixture.ts';
import { ipv6 } from './fixtures/ipv6.ts';
import { missing } from './fixtures/missing.ts';
import { resolvers } from './fixtures/resolvers.ts';
import { rightA } from './fixtures/right-a.ts';
import { wrongA } from './fixtures/wrong-a.ts';
import { zoneFailures } from './fixtures/zone-failures.ts';
import { zones } from './fixtures/zones.ts';

const MADE = { at: new Date('2026-11-23T21:00:01Z'), by: '0.1.0', complete: true };

const GROUPS: Readonly<Record<string, readonly Fixture[]>> = {
  'no A': missing,
  'a wrong A': wrongA,
  'a right A': rightA,
  resolvers,
  'the zone': zones,
  'a zone that fails': zoneFailures,
  'the AAAA': ipv6,
};

/** A change without the order in which servers list addresses. */
const plain = ({ type, from, to }: Change) => ({ type, from: [...from].sort(), to });

/** An expectation that allows one answer or several. */
const oneOf = <T>(allowed: T | readonly T[]): readonly T[] =>
  Array.isArray(allowed) ? allowed : [allowed as T];

describe.each(Object.entries(GROUPS))('%s', (_group, fixtures) => {
  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', (_name, fixture) => {
    const diagnosis = judge(caseOf(fixture), MADE);
    expect(() => diagnosisSchema.parse(diagnosis)).not.toThrow();

    const dns = diagnosis.verdicts.find(({ cause }) => cause === 'dns');
    const codes = dns?.because.map(({ code }) => code) ?? [];
    const offer = diagnosis.remedies.find((each) => each.remedy === 'a-record');
    expect.soft(oneOf(fixture.dns), `dns, because ${codes.join(', ')}`).toContain(dns?.verdict);
    expect.soft(oneOf(fixture.ipv4), 'reachable over IPv4').toContain(diagnosis.reachable.ipv4);
    if (fixture.ipv6 !== undefined) {
      expect.soft(diagnosis.reachable.ipv6, 'reachable over IPv6').toBe(fixture.ipv6);
    }
    // A fixture is about DNS; where another layer is named, the exit code says so.
    const elsewhere = diagnosis.verdicts.some(
      ({ cause, verdict }) => cause !== 'dns' && (verdict === 'confirmed' || verdict === 'suspected'),
    );
    const exits = oneOf(fixture.exit).map((code) => (code === 3 && elsewhere ? 1 : code));
    expect.soft(exits, 'exit code').toContain(exitCode(diagnosis));
    expect.soft(codes, 'findings').toEqual(expect.arrayContaining([...(fixture.says ?? [])]));
    for (const wrong of fixture.never ?? []) expect.soft(codes, 'findings').not.toContain(wrong);
    if (fixture.offer === null) expect.soft(offer, 'remedies').toBeUndefined();
    else if (fixture.offer !== undefined) {
      const { changes, name = offer?.name } = fixture.offer;
      expect.soft([diagnosis.remedies[0]?.remedy, offer?.name], 'remedy').toEqual(['a-record', name]);
      expect.soft(offer?.changes.map(plain), 'changes').toEqual(changes.map(plain));
    }
  });
});
