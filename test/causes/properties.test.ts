import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCode, judge } from '../../src/cli/diagnose/judge.ts';
import { isPublic } from '../../src/model/address.ts';
import { type Diagnosis, diagnosisSchema } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { seen } from '../../src/model/evidence.ts';
import { compareIdentity } from '../../src/model/identity.ts';
import type { Case } from '../../src/model/view/case.ts';
import * as arbitrary from '../support/arbitrary.ts';
import { resolver } from '../support/evidence.ts';
import { caseOf, deadOutside, LINE, outside, SIX, zone } from '../support/home.ts';
import { NAME, OLD4, OLD6, STABLE6, TARGET, tls, VPS4, WAN4 } from '../support/names.ts';

const MADE = { at: new Date('2026-11-23T21:00:01Z'), by: '0.1.0', complete: true };
const RUNS = 200;

const cases = fc
  .record({
    target: fc.constantFrom(
      TARGET,
      TARGET,
      `tcp://${NAME}:443`,
      'https://81.2.99.2',
      '[2a0b:4341:7700::10]:443',
    ),
    vantage: fc.constantFrom('server', 'server', 'lan', 'outside', 'unknown'),
    evidence: arbitrary.evidence,
  })
  .map(caseOf);

/** What the diagnosis would change in DNS. */
const changesOf = ({ remedies }: Diagnosis) =>
  remedies.flatMap((offer) => (offer.remedy === 'a-record' ? offer.changes : []));

/** Holds for whatever was seen. */
function always(name: string, holds: (the: Case) => void): void {
  test(name, () => fc.assert(fc.property(cases, holds), { numRuns: RUNS }));
}

describe('whatever was seen', () => {
  always('the diagnosis is one of the schema, and cites only evidence that exists', (the) => {
    const diagnosis = diagnosisSchema.parse(judge(the, MADE));
    const ids = new Set(the.evidence.map(({ id }) => id));
    for (const { evidence } of diagnosis.verdicts) {
      for (const id of evidence) expect(ids, `${id} is cited`).toContain(id);
    }
    for (const { seenIn } of changesOf(diagnosis)) expect(ids, `${seenIn} is cited`).toContain(seenIn);
  });

  always('nothing is confirmed or suspected without evidence and a finding', (the) => {
    for (const { verdict, evidence, because } of judge(the, MADE).verdicts) {
      if (verdict !== 'confirmed' && verdict !== 'suspected') continue;
      expect(evidence.length, `evidence of ${verdict}`).toBeGreaterThan(0);
      expect(because.length).toBeGreaterThan(0);
    }
  });

  always('a proposed address is public, and the cited evidence saw the service of IPv6 there', (the) => {
    const all = seen(the.evidence, 'reach');
    const six = all.filter(({ facts }) => facts.family === 'ipv6').map(({ facts }) => facts.identity);
    for (const { to, seenIn, type } of changesOf(judge(the, MADE))) {
      expect(isPublic(to), `${to} is public`).toBe(true);
      expect(to.includes(':')).toBe(type === 'AAAA');
      const item = all.find(({ id }) => id === seenIn);
      expect(item?.facts.address).toBe(to);
      const same = six.some(
        (identity) =>
          identity !== null &&
          item?.facts.identity != null &&
          compareIdentity(identity, item.facts.identity) === 'same',
      );
      expect(same, `${to} answered as the same service as IPv6`).toBe(true);
    }
  });

  always('a working IPv4 is never the record that a remedy replaces as a whole', (the) => {
    const diagnosis = judge(the, MADE);
    if (diagnosis.reachable.ipv4 !== 'yes') return;
    expect(changesOf(diagnosis).filter(({ type }) => type === 'A')).toEqual([]);
  });

  always('yes needs a connection seen from outside, or at an edge', (the) => {
    const { ipv4 } = judge(the, MADE).reachable;
    if (ipv4 !== 'yes') return;
    const connected = seen(the.evidence, 'reach').some(
      ({ facts }) => facts.family === 'ipv4' && facts.attempts.some(({ outcome }) => outcome === 'connected'),
    );
    expect(connected).toBe(true);
  });
});

test('the same evidence in another order gives the same diagnosis', () => {
  fc.assert(
    fc.property(
      cases.chain((the) =>
        fc
          .shuffledSubarray([...the.evidence], { minLength: the.evidence.length })
          .map((evidence): [Case, Case] => [the, { ...the, evidence }]),
      ),
      ([one, other]) => {
        expect(essence(other)).toEqual(essence(one));
        expect(judge(one, MADE)).toEqual(judge(one, MADE));
      },
    ),
    { numRuns: RUNS },
  );
});

test('of two addresses that work alike, the order of the evidence chooses none', () => {
  // The second one is known from a resolver's old copy; the line's own address goes first.
  const copy = resolver({ a: [VPS4], aaaa: [STABLE6] }, { server: '192.168.77.2' });
  const evidence = [...LINE, ...zone([OLD4]), copy, ...SIX, deadOutside(OLD4), outside(WAN4), outside(VPS4)];
  const [one, other] = [evidence, evidence.toReversed()].map((all) => essence(caseOf({ evidence: all })));
  expect(other).toEqual(one);
  expect(one?.changes).toMatchObject([{ to: WAN4 }]);
});

test('of two AAAA with services of their own, the order of the evidence chooses none', () => {
  const evidence = [
    ...zone([WAN4], [STABLE6, OLD6]),
    outside(STABLE6),
    outside(OLD6, { identity: tls('e') }),
    outside(WAN4),
  ];
  const [one, other] = [evidence, evidence.toReversed()].map((all) => essence(caseOf({ evidence: all })));
  expect(other).toEqual(one);
});

/** What a diagnosis says, without the order in which it says it. */
function essence(the: Case) {
  const diagnosis = judge(the, MADE);
  const { verdicts, reachable } = diagnosis;
  return {
    reachable,
    exit: exitCode(diagnosis),
    changes: changesOf(diagnosis).map(({ type, from, to }) => ({ type, from, to })),
    verdicts: verdicts.map(({ verdict, because, next }) => ({
      verdict,
      codes: [...new Set(because.map(({ code }) => code))].sort(),
      next: next?.code ?? null,
    })),
  };
}

test('without any facts everything is unknown', () => {
  fc.assert(
    fc.property(fc.array(arbitrary.withoutFacts), (evidence) => {
      const diagnosis = judge(caseOf({ evidence: unique(evidence) }), MADE);
      expect(diagnosis.reachable).toEqual({ ipv4: 'unknown', ipv6: 'unknown' });
      expect(new Set(diagnosis.verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
      expect(diagnosis.remedies).toEqual([]);
      expect(exitCode(diagnosis)).toBe(3);
    }),
    { numRuns: RUNS },
  );
});

test('where every A works from outside, IPv4 works and DNS is not the cause of anything about A', () => {
  fc.assert(
    fc.property(arbitrary.allWorks, (evidence) => {
      const diagnosis = judge(caseOf({ evidence }), MADE);
      const [dns] = diagnosis.verdicts;
      expect(diagnosis.reachable).toEqual({ ipv4: 'yes', ipv6: 'yes' });
      expect(exitCode(diagnosis)).toBe(0);
      expect(dns?.verdict, `because ${dns?.because.map(({ code }) => code).join(', ')}`).not.toBe(
        'confirmed',
      );
      expect(changesOf(diagnosis)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

const unique = (all: readonly Evidence[]): Evidence[] => [
  ...new Map(all.map((each) => [each.id, each])).values(),
];
