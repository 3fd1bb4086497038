import { expect, test } from 'vitest';
import { redacted } from '../../../src/cli/collect/redact.ts';
import { records } from '../../../src/model/by-hand/dns.ts';
import { tcp } from '../../../src/model/by-hand/reach.ts';
import { evidenceFile } from '../../../src/model/evidence-file.ts';
import type { DecidingRule } from '../../../src/model/facts/host.ts';
import { remediesFor } from '../../../src/remedies/registry.ts';
import { confirmed, firewallOf, rule } from '../../remedies/scene.ts';
import { made, system } from '../../support/evidence-host.ts';
import { caseOf } from '../../support/home.ts';
import { LAN4, NAME } from '../../support/names.ts';

const MADE = { at: new Date('2026-11-24T00:00:01Z'), by: '0.1.0', complete: true };
const KEY = new Uint8Array(32).fill(7);
const policy = { position: null, handle: null, isPolicy: true } as const;

/** What decides, as the probes of Windows and macOS tell it. */
const RULES: readonly ['windows' | 'macos', Partial<DecidingRule>][] = [
  ...(['DefaultInboundAction Block', 'AllowInboundRules False'] as const).map(
    (text) =>
      [
        'windows',
        { software: 'windows-firewall', table: 'Public', chain: 'Inbound', rule: text, ...policy },
      ] as ['windows', Partial<DecidingRule>],
  ),
  [
    'macos',
    {
      software: 'macos-application-firewall',
      table: 'application firewall',
      chain: 'programs',
      rule: 'Block all incoming connections',
    },
  ],
];

test.each(RULES)('%s: the fix is the same from a redacted file: %j', (on, by) => {
  const the = caseOf({ evidence: [system(on), firewallOf({ by: rule(by) })] });
  const { target, vantage, evidence } = redacted(evidenceFile(the, MADE), KEY);
  const verdicts = [confirmed('host-firewall')];
  expect(remediesFor({ target, vantage, evidence }, verdicts)).toEqual(remediesFor(the, verdicts));
});

test.each([
  [tcp('windows', LAN4, 443), /^Test-NetConnection \d+\.\d+\.\d+\.\d+ -Port 443$/u],
  [
    records('windows', LAN4, NAME),
    /^Resolve-DnsName [\w.-]+ -Type A_AAAA -Server \d+\.\d+\.\d+\.\d+ -DnsOnly$/u,
  ],
])('a command of Windows stays one: %s', (how, like) => {
  const item = made('system', 'own', how, { system: 'windows', release: null, privileged: true });
  const [first] = redacted(evidenceFile(caseOf({ evidence: [item] }), MADE), KEY).evidence;
  expect(first?.how).toMatch(like);
  expect(first?.how).not.toContain(LAN4);
});
