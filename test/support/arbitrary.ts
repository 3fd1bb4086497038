import fc from 'fast-check';
import type { Evidence } from '../../src/model/evidence.ts';
import {
  type AnswerSpec,
  authority,
  osLookup,
  type Records,
  reach,
  resolver,
  whoami,
  without,
} from './evidence.ts';
import { ownAddresses, SIX } from './home.ts';
import {
  LAN4,
  OLD4,
  OLD6,
  OTHER4,
  PROXY4,
  PROXY6,
  SERVICE,
  SILENT,
  STABLE6,
  STRANGER,
  TEMPORARY6,
  tls,
  VPN4,
  VPS4,
  WAN4,
} from './names.ts';

/** Few values, so that what different observers saw has to do with one another. */
const PUBLIC4 = [WAN4, OLD4, VPS4, VPN4, OTHER4] as const;
const ALL4 = [...PUBLIC4, PROXY4, LAN4, '100.64.9.7', '127.0.0.1'] as const;
const ALL6 = [STABLE6, OLD6, TEMPORARY6, PROXY6] as const;

const FAILURES = [
  'no-data',
  'nxdomain',
  'servfail',
  'refused',
  'referral',
  'timed-out',
  'malformed',
] as const;
const ttl = fc.constantFrom(0, 60, 298, 300, 1800);

const answerOf = (pool: readonly string[]): fc.Arbitrary<AnswerSpec> => {
  const records = fc.uniqueArray(fc.tuple(fc.constantFrom(...pool), ttl), {
    minLength: 1,
    maxLength: 2,
    selector: ([address]) => address,
  });
  return fc.oneof(
    { weight: 4, arbitrary: records },
    { weight: 2, arbitrary: fc.constantFrom(...FAILURES) },
    // A box in between: it recurses, and has no authority.
    {
      weight: 1,
      arbitrary: records.map((all) => ({
        addresses: all.map(([address, seconds]) => ({ address, ttl: seconds })),
        authoritative: false,
        recursionAvailable: true,
      })),
    },
  );
};

const records: fc.Arbitrary<Records> = fc.record({ a: answerOf(ALL4), aaaa: answerOf(ALL6) });

const identity = fc.constantFrom(
  SERVICE,
  SERVICE,
  SERVICE,
  STRANGER,
  SILENT,
  tls('d', { trusted: true }),
  tls('e', { trusted: true }),
);
const outcome = fc.constantFrom(
  'connected' as const,
  'connected' as const,
  'connected' as const,
  'timed-out' as const,
  'refused' as const,
  'no-route' as const,
);
const observer = fc.constantFrom('here' as const, 'outside-1' as const, 'outside-2' as const);

const reaches = fc
  .record({
    address: fc.constantFrom(...PUBLIC4, PROXY4, ...ALL6),
    from: observer,
    outcomes: fc.oneof(
      outcome.map((each) => [each, each, each]),
      fc.array(outcome, { minLength: 1, maxLength: 3 }),
    ),
    identity,
  })
  .map(({ address, from, outcomes, identity: who }) =>
    reach(address, { from, outcome: outcomes, identity: outcomes.includes('connected') ? who : null }),
  );

/** Evidence without facts. */
export const withoutFacts: fc.Arbitrary<Evidence> = fc
  .record({
    probe: fc.constantFrom(
      'resolver',
      'authority',
      'delegation',
      'os-lookup',
      'addresses',
      'whoami',
      'reach',
    ),
    status: fc.constantFrom('failed', 'skipped'),
    code: fc.constantFrom('timed-out', 'no-network', 'not-consented', 'no-tool', 'interrupted'),
    by: observer,
  })
  .map(({ probe, status, code, by }) => without(probe, status, code, by));

const one: fc.Arbitrary<Evidence> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .record({ server: fc.constantFrom('ns1', 'ns2'), all: records })
      .map((each) => authority(each.server, each.all)),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ by: observer, again: fc.boolean(), all: records })
      .map(({ all, by, again }) => resolver(all, { by, again: again && by === 'here' })),
  },
  { weight: 1, arbitrary: fc.constantFrom(WAN4, VPN4, STABLE6).map((address) => whoami(address)) },
  { weight: 1, arbitrary: fc.constant(ownAddresses(LAN4, STABLE6, [TEMPORARY6, { temporary: true }])) },
  { weight: 6, arbitrary: reaches },
  { weight: 1, arbitrary: withoutFacts },
  { weight: 1, arbitrary: fc.constantFrom(...ALL4).map((address) => osLookup([address], [address])) },
);

/** Anything that could have been seen, each observation at most once. */
export const evidence: fc.Arbitrary<Evidence[]> = fc.uniqueArray(one, {
  maxLength: 16,
  selector: ({ id }) => id,
});

const working: fc.Arbitrary<AnswerSpec> = fc.uniqueArray(fc.constantFrom(...PUBLIC4), {
  minLength: 1,
  maxLength: 3,
});
const right = working.map((a): Records => ({ a, aaaa: [STABLE6] }));

/** All who are asked name some of the addresses that work from outside; IPv6 works, too. */
export const allWorks: fc.Arbitrary<Evidence[]> = fc
  .record({
    ns1: right,
    ns2: right,
    here: right,
    outside: right,
    own: fc.constantFrom(WAN4, VPN4, '81.2.99.250'),
    /** What the hairpin gives is nobody's business outside. */
    hairpin: fc.subarray([...PUBLIC4]),
  })
  .map(({ ns1, ns2, here, outside, own, hairpin }) => [
    ownAddresses(LAN4, STABLE6),
    whoami(own),
    authority('ns1', ns1),
    authority('ns2', ns2),
    resolver(here),
    resolver(outside, { by: 'outside-1' }),
    ...SIX,
    ...PUBLIC4.map((address) => reach(address, { from: 'outside-1' })),
    ...hairpin.map((address) => reach(address, { outcome: 'timed-out' })),
  ]);
