import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { RemedyCode } from '../../src/model/remedy-offer.ts';
import { combinationFor, remediesFor } from '../../src/remedies/registry.ts';
import { listeners, routes } from '../support/evidence-host.ts';
import { caseOf, LINE, outside, SIX, zone } from '../support/home.ts';
import { WAN4 } from '../support/names.ts';
import { confirmed, firewallOf, rule } from './scene.ts';

const HOME: readonly Evidence[] = [
  ...LINE,
  ...SIX,
  routes(),
  listeners({ v6only: true }),
  firewallOf({ by: rule({}) }),
];
/** No A, and no address that works yet. */
const NO_RECORD = [...HOME, ...zone([])];
const RECORD = [...HOME, ...zone([WAN4])];

const firewall = confirmed('host-firewall');
const listener = confirmed('ipv6-only-listener');
const forward = confirmed('port-forward');
const dns = confirmed('dns');
const cgnat = confirmed('cgnat');
const hairpin = confirmed('hairpin');
const block = confirmed('isp-block');
const doubleNat = confirmed('cgnat', {
  code: 'double-nat',
  args: { wan: '192.168.1.2', outer: '192.168.1.1', outerWan: WAN4 },
});

const TABLE: readonly [
  name: string,
  verdicts: readonly Verdict[],
  remedies: readonly RemedyCode[],
  combination: readonly RemedyCode[],
  evidence?: readonly Evidence[],
][] = [
  ['nothing', [], [], []],
  ['a firewall', [firewall], ['host-firewall', 'relay'], []],
  ['a listener', [listener], ['listener', 'relay'], []],
  ['a forward', [forward], ['port-forward', 'relay'], []],
  ['a way back', [hairpin], ['hairpin'], []],
  ['a record', [dns], ['a-record'], [], [...NO_RECORD, outside(WAN4)]],
  ['a record that nobody knows an address for', [dns], ['relay'], [], NO_RECORD],
  ['a shared line', [cgnat], ['isp', 'other-tunnels', 'relay'], []],
  ['a filtered port', [block], ['isp', 'other-tunnels', 'relay'], []],
  ['a second router', [doubleNat], ['port-forward', 'other-tunnels', 'relay'], []],
  [
    'a second router, and no forward on the first',
    [doubleNat, forward],
    ['port-forward', 'other-tunnels', 'relay'],
    [],
  ],
  [
    'from the program outwards',
    [forward, firewall, listener],
    ['listener', 'host-firewall', 'port-forward', 'relay'],
    ['listener', 'host-firewall', 'port-forward'],
  ],
  [
    'the record after what makes its address work',
    [dns, forward],
    ['port-forward', 'relay'],
    ['port-forward', 'a-record'],
    NO_RECORD,
  ],
  [
    'the way back last',
    [hairpin, forward],
    ['port-forward', 'hairpin', 'relay'],
    ['port-forward', 'hairpin'],
  ],
  [
    'a tunnel or a relay goes round both, and is no part of the combination',
    [cgnat, firewall],
    ['host-firewall', 'isp', 'other-tunnels', 'relay'],
    ['host-firewall', 'isp'],
  ],
  [
    'all of them',
    [cgnat, block, dns, forward, firewall, listener, hairpin],
    ['listener', 'host-firewall', 'isp', 'port-forward', 'hairpin', 'other-tunnels', 'relay'],
    ['listener', 'host-firewall', 'isp', 'port-forward', 'a-record', 'hairpin'],
    NO_RECORD,
  ],
  [
    'a listener of which nothing is known spoils the rest',
    [listener, firewall],
    [],
    [],
    [...LINE, ...SIX, firewallOf({ by: rule({}) })],
  ],
  [
    'what is only suspected',
    [
      { ...firewall, verdict: 'suspected' },
      { ...cgnat, verdict: 'suspected' },
    ],
    [],
    [],
  ],
];

describe('remedies', () => {
  test.each(TABLE)('%s', (_name, verdicts, remedies, combination, evidence = RECORD) => {
    const the = caseOf({ evidence });
    const offers = remediesFor(the, verdicts);
    expect(offers.map(({ remedy }) => remedy)).toEqual(remedies);
    expect(combinationFor(the, verdicts, offers)).toEqual(combination);
  });
});
