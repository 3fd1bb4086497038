import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/cli/diagnose/judge.ts';
import { CAUSE_CODES, type CauseCode } from '../../../src/model/cause-code.ts';
import type { Verdict } from '../../../src/model/diagnosis.ts';
import { caseIn, type Sighting } from './evidence.ts';
import { fateFromOutside, type Home, homes, truthOf } from './home.ts';

const MADE = { at: new Date('2026-11-24T00:00:01Z'), by: '0.1.0', complete: true };
const RUNS = 1500;

const sightings: fc.Arbitrary<Sighting> = fc.record({
  root: fc.boolean(),
  agent: fc.boolean(),
  traces: fc.boolean(),
  services: fc.boolean(),
  told: fc.record({ wan: fc.boolean(), forward: fc.boolean(), firewall: fc.boolean(), box: fc.boolean() }),
});

const EVERYTHING: Sighting = {
  root: true,
  agent: true,
  traces: true,
  services: true,
  told: { wan: true, forward: true, firewall: true, box: true },
};

const verdictsIn = (home: Home, sighting: Sighting): Map<CauseCode, Verdict> =>
  new Map(judge(caseIn(home, sighting), MADE).verdicts.map((verdict) => [verdict.cause, verdict]));

describe('homes as they are, seen as probes see them', () => {
  test('nothing is confirmed that is not so, and nothing ruled out that is', () => {
    fc.assert(
      fc.property(homes, sightings, (home, sighting) => {
        const truth = truthOf(home);
        for (const [cause, { verdict, because }] of verdictsIn(home, sighting)) {
          const told = `${cause} ${verdict}: ${JSON.stringify(because)}`;
          if (verdict === 'confirmed') expect(truth, told).toContain(cause);
          if (verdict === 'ruled-out') expect(truth, told).not.toContain(cause);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('with everything seen and told, each cause that shows is named', () => {
    fc.assert(
      fc.property(homes, (home) => {
        const verdicts = verdictsIn(home, EVERYTHING);
        const named = CAUSE_CODES.filter((cause) => verdicts.get(cause)?.verdict === 'confirmed');
        const truth = truthOf(home);
        // Whether the ports of a public address are limited shows only to what the line itself sends.
        if (home.line === 'map-e-outside' && home.replies !== 'same-way') truth.delete('cgnat');
        for (const cause of ['cgnat', 'host-firewall', 'ipv6-only-listener'] as const) {
          // Whom a rule for neighbours lets in shows when packets have come: some routers make neighbours of strangers.
          if (cause === 'host-firewall' && home.firewall === 'lan-only' && !arrives(home)) continue;
          expect(named.includes(cause), cause).toBe(truth.has(cause));
        }
        // What address the box in front has is read on its page only where it passes the port on.
        if (home.line === 'private-box' && home.a === 'missing') truth.delete('dns');
        // Through a VPN, or without a route, nobody learns which address the line shares.
        if (truth.has('dns') && home.replies === 'same-way') expect(named).toContain('dns');
        const onTheWay = CAUSE_CODES.filter(
          (cause) => cause !== 'hairpin' && cause !== 'dns' && truth.has(cause),
        );
        if (onTheWay.length > 0 && home.replies === 'same-way')
          expect(
            named.some((cause) => onTheWay.includes(cause)),
            `${onTheWay}`,
          ).toBe(true);
        if (fateFromOutside(home, 'service') === 'service')
          expect(named).toEqual([...truth].filter((cause) => named.includes(cause)));
      }),
      { numRuns: RUNS },
    );
  });

  test('what is suspected says what would decide, and that decides', () => {
    fc.assert(
      fc.property(homes, fc.boolean(), (start, traces) => {
        let home = start;
        let sighting: Sighting = {
          ...EVERYTHING,
          traces,
          told: { wan: false, forward: false, firewall: false, box: false },
        };
        for (let step = 0; step < MAX_STEPS; step += 1) {
          const open = [...verdictsIn(home, sighting).values()].filter(
            ({ verdict }) => verdict === 'suspected',
          );
          if (open.length === 0) return;
          if (open.every(({ next }) => next?.code === 'fix-first')) {
            // Through a VPN some things can't be seen: without it the next look tells.
            home =
              home.replies === 'same-way'
                ? { ...home, ...SOUND, firewall: home.firewall }
                : { ...home, replies: 'same-way' };
            continue;
          }
          const told = open.map(({ next }) => next?.read).find((read) => read != null);
          expect(told, `nothing would decide ${open.map(({ cause }) => cause)}`).toBeDefined();
          sighting = { ...sighting, told: { ...sighting.told, ...TOLD[told ?? 'forward'] } };
        }
        const open = [...verdictsIn(home, sighting).values()].filter(
          ({ verdict }) => verdict === 'suspected',
        );
        expect(open, 'the router was read to the end').toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

/** A home in which nothing keeps packets from the server. */
const SOUND = {
  line: 'public',
  provider: 'open',
  forward: 'right',
  routerFirewall: 'open',
  listener: 'both',
} as const satisfies Partial<Home>;

/** The look from outside comes to the server. */
const arrives = (home: Home): boolean => {
  const fate = fateFromOutside(home, 'service');
  return ['firewall', 'no-listener', 'lost-reply', 'other-program', 'service'].includes(fate);
};

/** WAN address, box in front, forward and firewall: there is nothing more to read on a router; a VPN is left once, and what is in the way put right once. */
const MAX_STEPS = 7;
const TOLD = {
  'wan-address': { wan: true },
  forward: { forward: true },
  firewall: { firewall: true },
  'box-in-front': { box: true },
} as const;
