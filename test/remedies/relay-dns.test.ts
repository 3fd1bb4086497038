import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NameInHostedZone } from '../../src/model/hosted-zone.ts';
import type { RelayDns } from '../../src/model/relay-plan.ts';
import type { FoundRecord, NameInZone } from '../../src/model/zone-records.ts';
import { asPrevious } from '../../src/model/zone-records.ts';
import {
  type DnsDecision,
  type DnsFlags,
  type DnsSoFar,
  type Held,
  NO_DNS_YET,
} from '../../src/remedies/relay/dns/outcome.ts';
import { planRelayDns, RELAY_TTL } from '../../src/remedies/relay/dns.ts';
import { NAME, OLD4, OTHER4, PROXY4, STABLE6, VPN4, VPS4, ZONE } from '../support/names.ts';
import { foundRecord as record } from '../support/records.ts';

const NOW = new Date('2026-11-23T21:10:00Z');
const COMMENT = 'reach4 stack home-example-org';
const WWW = `www.${ZONE}`;

const six = record(STABLE6);

const atCloudflare = (addresses: readonly FoundRecord[], more: Partial<NameInZone> = {}): NameInZone => ({
  zone: { id: 'zone-id', name: ZONE, status: 'active' },
  addresses: [six, ...addresses],
  cname: null,
  delegatedAt: null,
  ...more,
});
const atRoute53 = (values: readonly string[], more: Partial<NameInHostedZone> = {}): NameInHostedZone => ({
  zone: { id: 'Z1', name: ZONE, isDelegated: true },
  a: values.length === 0 ? null : { type: 'A', name: NAME, ttl: 3600, values: [...values] },
  computed: null,
  hasAaaa: true,
  aaaa: null,
  computedAaaa: null,
  cname: null,
  delegatedAt: null,
  ...more,
});

interface Scene {
  readonly flags?: Partial<DnsFlags>;
  readonly stack?: Partial<DnsSoFar>;
  /** What the diagnosis saw; the record that is there, if not given. */
  readonly seen?: readonly string[];
}

function plan(held: Held, { flags, stack, seen = [OLD4, OTHER4] }: Scene = {}): DnsDecision {
  return planRelayDns({
    held,
    flags: { adopt: false, ownContent: false, restore: true, ...flags },
    stack: { ...NO_DNS_YET, ...stack },
    seen: new Map([[NAME, seen]]),
    stackName: 'home-example-org',
    now: NOW,
  });
}

const cloudflare = (zone: NameInZone | null, scene?: Scene) =>
  plan({ provider: 'cloudflare', names: new Map([[NAME, zone]]) }, scene);
const route53 = (zone: NameInHostedZone | null, scene?: Scene) =>
  plan({ provider: 'route53', names: new Map([[NAME, zone]]) }, scene);

type At<Provider extends RelayDns['provider']> = Extract<RelayDns, { provider: Provider }>;

function planned<Provider extends RelayDns['provider']>(decision: DnsDecision, _: Provider): At<Provider> {
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.refusals)}`);
  return decision.dns as At<Provider>;
}
const refused = (decision: DnsDecision) => (decision.ok ? [] : decision.refusals);
const notes = (decision: DnsDecision): string[] => decision.notes.map(({ code }) => code);

const OLD = record(OLD4, { comment: 'home', tags: ['a:b'] });
const OTHER = record(OTHER4);

describe('at Cloudflare', () => {
  test('a name without an A gets one, with a TTL that a teardown can wait for', () => {
    const decision = cloudflare(atCloudflare([]));
    expect(planned(decision, 'cloudflare')).toEqual({
      provider: 'cloudflare',
      zone: { id: 'zone-id', name: ZONE },
      records: [{ name: NAME, ttl: RELAY_TTL, comment: COMMENT, tags: [], adopt: null }],
      previous: [],
      restore: true,
    });
    expect(notes(decision)).toEqual([]);
  });

  test('an A that is there is shown, and not touched without a word', () => {
    expect(refused(cloudflare(atCloudflare([OLD])))).toEqual([
      { code: 'exists', found: { name: NAME, addresses: [OLD4], ttl: 3600, comment: 'home' } },
    ]);
  });

  test('taken over: changed in place, the others go, all of it kept', () => {
    const decision = cloudflare(atCloudflare([OLD, OTHER]), { flags: { adopt: true } });
    expect(planned(decision, 'cloudflare')).toMatchObject({
      records: [{ ttl: RELAY_TTL, comment: 'home', tags: ['a:b'], adopt: { recordId: OLD.id } }],
      previous: [asPrevious(OLD), asPrevious(OTHER)],
    });
  });

  test('--no-restore is written down; what was there is kept all the same', () => {
    const scene = { flags: { adopt: true, restore: false } };
    expect(planned(cloudflare(atCloudflare([OLD]), scene), 'cloudflare')).toMatchObject({
      restore: false,
      previous: [asPrevious(OLD)],
    });
  });

  test.each([
    ['delegated', atCloudflare([], { delegatedAt: NAME }), { name: NAME, at: NAME }],
    ['cname', atCloudflare([], { cname: 'x.example.net' }), { name: NAME, to: 'x.example.net' }],
    ['proxied', atCloudflare([record(PROXY4, { proxied: true })]), { name: NAME, addresses: [PROXY4] }],
  ] as const)('%s: refused, also with --adopt', (code, zone, more) => {
    expect(refused(cloudflare(zone, { flags: { adopt: true } }))).toEqual([{ code, ...more }]);
  });

  test('a proxied AAAA makes all of the name proxied', () => {
    const proxied = { ...atCloudflare([]), addresses: [{ ...six, proxied: true }] };
    expect(refused(cloudflare(proxied))).toMatchObject([{ code: 'proxied', addresses: [STABLE6] }]);
  });

  test('what something else keeps is not fought over, unless it is said', () => {
    const kept = record(OLD4, { comment: 'ddclient' });
    const adopt = { flags: { adopt: true } };
    expect(refused(cloudflare(atCloudflare([kept]), adopt))).toMatchObject([
      { code: 'dynamic', hints: [{ code: 'comment', text: 'ddclient' }] },
    ]);
    expect(refused(cloudflare(atCloudflare([OLD]), { ...adopt, seen: [VPS4] }))).toMatchObject([
      { code: 'dynamic', hints: [{ code: 'changed', seen: [VPS4] }] },
    ]);
    expect(
      planned(cloudflare(atCloudflare([kept]), { flags: { ownContent: true } }), 'cloudflare').records,
    ).toMatchObject([{ adopt: { recordId: kept.id } }]);
    const fresh = record(OLD4, { modifiedOn: '2026-11-23T21:05:00Z', ttl: 60 });
    expect(notes(cloudflare(atCloudflare([fresh]), adopt))).toEqual(['maybe-dynamic']);
  });

  test('a zone whose name servers are others, and a name without AAAA, are told', () => {
    const zone = { ...atCloudflare([]), addresses: [], zone: { id: 'z', name: ZONE, status: 'pending' } };
    expect(notes(cloudflare(zone))).toEqual(['zone-not-in-use', 'no-aaaa']);
  });

  describe('planned again', () => {
    const first = planned(cloudflare(atCloudflare([OLD, OTHER]), { flags: { adopt: true } }), 'cloudflare');
    const ours = record(VPS4, { id: OLD.id, comment: 'home', tags: ['a:b'], ttl: RELAY_TTL });

    test('once it is up: the same, with what was captured first', () => {
      const stack = {
        started: true,
        address: VPS4,
        dns: first,
        records: [{ recordId: OLD.id, adopted: true }],
        previous: first.previous,
      };
      expect(planned(cloudflare(atCloudflare([ours]), { stack }), 'cloudflare')).toEqual(first);
    });

    test('after an up that broke off before or behind the taking over, which is one request', () => {
      const stack = { started: true, address: VPS4, dns: first };
      for (const now of [[OLD, OTHER], [ours]]) {
        const again = cloudflare(atCloudflare(now), { stack });
        expect(planned(again, 'cloudflare')).toEqual(first);
      }
    });

    test('what has changed since an up that never got there is asked about anew', () => {
      const stack = { started: true, address: VPS4, dns: first };
      const changed = { ...OLD, content: VPN4 };
      const again = (ownContent: boolean) =>
        cloudflare(atCloudflare([changed, OTHER]), { stack, flags: { ownContent } });
      expect(refused(again(false))).toMatchObject([
        { code: 'exists', found: { addresses: [VPN4] } },
        { code: 'dynamic', found: { addresses: [VPN4] } },
      ]);
      const previous = planned(again(true), 'cloudflare').previous;
      expect(previous.map(({ content }) => content).sort()).toEqual([OTHER4, VPN4].sort());
      // One that somebody has taken out is nobody's to put back.
      const left = planned(cloudflare(atCloudflare([OLD]), { stack }), 'cloudflare').previous;
      expect(left).toMatchObject([{ content: OLD4 }]);
    });

    test('before it is up, everything is decided anew', () => {
      const stack = { dns: first };
      expect(refused(cloudflare(atCloudflare([OLD]), { stack }))).toMatchObject([{ code: 'exists' }]);
      expect(planned(cloudflare(atCloudflare([]), { stack }), 'cloudflare').previous).toEqual([]);
    });

    test('a record that an up has made and not recorded is the stack’s, and doesn’t count as there before', () => {
      const made = record(VPS4, { comment: COMMENT });
      const dns = planned(cloudflare(atCloudflare([])), 'cloudflare');
      const again = cloudflare(atCloudflare([made]), { stack: { started: true, dns } });
      expect(planned(again, 'cloudflare')).toMatchObject({
        records: [{ adopt: null }],
        previous: [],
      });
      const recorded = { started: true, dns, records: [{ recordId: made.id, adopted: false }] };
      expect(planned(cloudflare(atCloudflare([made]), { stack: recorded }), 'cloudflare')).toEqual(dns);
    });

    test('one that is gone is made again, one that came beside it is asked about', () => {
      const dns = planned(cloudflare(atCloudflare([])), 'cloudflare');
      const made = record(VPS4, { comment: COMMENT });
      const stack = { started: true, address: VPS4, dns, records: [{ recordId: made.id, adopted: false }] };
      expect(notes(cloudflare(atCloudflare([]), { stack }))).toEqual(['made-again']);
      expect(refused(cloudflare(atCloudflare([made, OTHER]), { stack }))).toMatchObject([
        { code: 'exists', found: { addresses: [OTHER4] } },
      ]);
    });

    test('records stay at their provider, and names that were taken over with the stack', () => {
      const stack = { started: true, address: VPS4, dns: first, previous: first.previous };
      expect(refused(route53(atRoute53([]), { stack }))).toEqual([{ code: 'moved', from: first }]);
      const elsewhere = plan(
        { provider: 'cloudflare', names: new Map([[WWW, atCloudflare([])]]) },
        { stack },
      );
      expect(refused(elsewhere)).toEqual([{ code: 'adopted-name-left', name: NAME }]);
    });

    test('a record that was written by hand becomes the stack’s, without having been there before', () => {
      const stack = {
        started: true,
        address: VPS4,
        dns: { provider: 'manual', records: [{ name: NAME, ttl: RELAY_TTL }] } satisfies RelayDns,
      };
      const byHand = record(VPS4);
      expect(planned(cloudflare(atCloudflare([byHand]), { stack }), 'cloudflare')).toMatchObject({
        records: [{ adopt: null }],
        previous: [],
      });
    });
  });

  test('whatever is there: no AAAA is ever set aside, taken over or put back', () => {
    const address = fc.constantFrom(OLD4, OTHER4, VPS4, STABLE6, '2a0b:4341:7700::11');
    const scene = fc.record({ adopt: fc.boolean(), ownContent: fc.boolean(), restore: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(address), scene, fc.boolean(), (contents, flags, started) => {
        const all = contents.map((content) => record(content));
        const decision = cloudflare({ ...atCloudflare([]), addresses: all }, { flags, stack: { started } });
        if (!decision.ok) return;
        const { records, previous } = planned(decision, 'cloudflare');
        const touched = [...records.map(({ adopt }) => adopt?.recordId), ...previous.map(({ id }) => id)];
        expect(all.filter(({ id, type }) => type === 'AAAA' && touched.includes(id))).toEqual([]);
        // Every A that is there was there before, or is ours.
        const ours = ({ content }: { content: string }): boolean => started && content === VPS4;
        const a = all.filter((one) => one.type === 'A' && !ours(one)).map(({ id }) => id);
        expect(a.filter((id) => !touched.includes(id))).toEqual([]);
      }),
    );
  });
});

describe('at Route 53', () => {
  test('a name without an A gets one; one that is there is shown', () => {
    expect(planned(route53(atRoute53([])), 'route53')).toEqual({
      provider: 'route53',
      zone: { id: 'Z1', name: ZONE },
      records: [{ name: NAME, ttl: RELAY_TTL, adopt: false }],
      previous: [],
      restore: true,
    });
    expect(refused(route53(atRoute53([OLD4, OTHER4])))).toEqual([
      { code: 'exists', found: { name: NAME, addresses: [OLD4, OTHER4], ttl: 3600, comment: null } },
    ]);
  });

  test('taken over as a whole, with all addresses and the TTL', () => {
    const decision = route53(atRoute53([OLD4, OTHER4]), { flags: { adopt: true } });
    expect(planned(decision, 'route53')).toMatchObject({
      records: [{ name: NAME, ttl: RELAY_TTL, adopt: true }],
      previous: [{ name: NAME, ttl: 3600, values: [OLD4, OTHER4] }],
    });
  });

  test.each([
    ['delegated', { delegatedAt: NAME }, { name: NAME, at: NAME }],
    ['cname', { cname: 'x.example.net' }, { name: NAME, to: 'x.example.net' }],
    ['computed', { computed: 'weighted' }, { name: NAME, how: 'weighted' }],
  ] as const)('%s: refused, also with --adopt', (code, zone, more) => {
    expect(refused(route53(atRoute53([], zone), { flags: { adopt: true } }))).toEqual([{ code, ...more }]);
  });

  test('what the diagnosis didn’t see has been changed since', () => {
    const scene = { flags: { adopt: true }, seen: [OLD4] };
    expect(refused(route53(atRoute53([OTHER4]), scene))).toMatchObject([
      { code: 'dynamic', hints: [{ code: 'changed', seen: [OLD4] }] },
    ]);
  });

  test('planned again: what was captured first stays, wherever the up broke off', () => {
    const first = planned(route53(atRoute53([OLD4, OTHER4]), { flags: { adopt: true } }), 'route53');
    const broken = { started: true, address: VPS4, dns: first };
    const whole = { ...broken, sets: [{ name: NAME, adopted: true }], previousSets: first.previous };
    for (const values of [[OLD4, OTHER4], [VPS4]]) {
      for (const stack of [broken, whole]) {
        expect(planned(route53(atRoute53(values), { stack }), 'route53')).toEqual(first);
      }
    }
  });

  test('a set that an up has made and not recorded is ours by its address', () => {
    const dns = planned(route53(atRoute53([])), 'route53');
    const stack = { started: true, address: VPS4, dns };
    expect(planned(route53(atRoute53([VPS4]), { stack }), 'route53')).toEqual(dns);
    expect(refused(route53(atRoute53([OTHER4]), { stack }))).toMatchObject([{ code: 'exists' }]);
    expect(notes(route53(atRoute53([]), { stack }))).toEqual(['made-again']);
  });

  test('a zone that the domain doesn’t have, and a name without AAAA, are told', () => {
    const zone = { id: 'Z1', name: ZONE, isDelegated: false };
    expect(notes(route53(atRoute53([], { zone, hasAaaa: false })))).toEqual(['zone-not-in-use', 'no-aaaa']);
    expect(notes(route53(atRoute53([], { zone: { ...zone, isDelegated: null } })))).toEqual([]);
  });
});

describe('several names', () => {
  test('of one zone make one plan; of two, or of none, they don’t', () => {
    const names = new Map([
      [NAME, atRoute53([])],
      [WWW, atRoute53([])],
    ]);
    expect(planned(plan({ provider: 'route53', names }), 'route53').records).toHaveLength(2);
    const other = atRoute53([], { zone: { id: 'Z2', name: WWW, isDelegated: true } });
    expect(refused(plan({ provider: 'route53', names: new Map([...names, [WWW, other]]) }))).toEqual([
      {
        code: 'several-zones',
        zones: [
          { zone: ZONE, names: [NAME] },
          { zone: WWW, names: [WWW] },
        ],
      },
    ]);
    expect(refused(plan({ provider: 'route53', names: new Map([...names, [WWW, null]]) }))).toEqual([
      { code: 'no-zone', name: WWW },
    ]);
  });

  test('one that the diagnosis didn’t look at can’t have changed since', () => {
    const there = atCloudflare([record(OTHER4, { name: WWW })]);
    const decision = plan(
      { provider: 'cloudflare', names: new Map([[WWW, there]]) },
      { flags: { adopt: true } },
    );
    expect(planned(decision, 'cloudflare').records).toMatchObject([{ name: WWW }]);
    expect(notes(decision)).toEqual([]);
  });
});

test('by hand, the names and a TTL are all', () => {
  expect(planned(plan({ provider: 'manual', names: [NAME, WWW] }), 'manual')).toEqual({
    provider: 'manual',
    records: [
      { name: NAME, ttl: RELAY_TTL },
      { name: WWW, ttl: RELAY_TTL },
    ],
  });
});
