import { describe, expect, test } from 'vitest';
import { runAsRoot } from '../../src/causes/next.ts';
import { CAUSE_CODES } from '../../src/model/cause-code.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { FirewallSoftware, System } from '../../src/model/facts/host.ts';
import { parseTarget } from '../../src/model/target.ts';
import { remediesFor } from '../../src/remedies/registry.ts';
import { checkOf } from '../../src/report/check.ts';
import { explainText } from '../../src/report/explain.ts';
import { whatWouldTell } from '../../src/report/next.ts';
import { unseen } from '../../src/report/unseen.ts';
import { confirmed, firewallOf } from '../remedies/scene.ts';
import { firewall, forbidden, routes, system } from '../support/evidence-host.ts';
import { caseOf } from '../support/home.ts';
import { NAME } from '../support/names.ts';
import { PLAIN } from './diagnoses.ts';

const onServer = (items: readonly Evidence[]): Evidence[] =>
  items.map((item) => ({ ...item, vantage: 'server' }));

/** Nobody could read the rules of the firewall, on a server with this system. */
function hidden(on: System, isTold: boolean): Diagnosis {
  const the = caseOf({ evidence: [system(on)] });
  return {
    schema: 'reach4/diagnosis/1',
    reach4: '0.0.0',
    madeAt: '2026-11-23T21:00:00.000Z',
    target: parseTarget(`https://${NAME}`),
    vantage: 'server',
    reachable: { ipv4: 'no', ipv6: 'yes' },
    complete: true,
    verdicts: CAUSE_CODES.map((cause) => ({
      cause,
      verdict: 'unknown',
      because: [],
      evidence: [],
      next: isTold && cause === 'host-firewall' ? runAsRoot(the) : null,
    })),
    conditions: [],
    remedies: [],
    combination: [],
    notes: [],
    evidence: onServer([system(on), forbidden('firewall')]),
  };
}

describe('what more rights would show', () => {
  test.each([
    ['linux', 'Root sees the firewall, the packets', `      sudo reach4 diagnose https://${NAME}`],
    ['macos', 'Root sees the packet filter', `      sudo reach4 diagnose https://${NAME}`],
    ['windows', 'started by "Run as administrator"', `      reach4 diagnose https://${NAME}`],
  ] as const)('%s, as the next step', (on, words, command) => {
    const text = whatWouldTell(hidden(on, true), PLAIN);
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(words);
    expect(text.split('\n')).toContain(command);
  });

  test.each([
    ['linux', 'Not seen without root', 'sudo reach4'],
    ['windows', 'Not seen without an elevated PowerShell', '      reach4 diagnose'],
  ] as const)('%s, as a note', (on, words, command) => {
    const text = unseen(hidden(on, false), PLAIN);
    expect(text.replaceAll(/\s+/gu, ' ')).toContain(words);
    expect(text).toContain(command);
  });
});

describe('the check by hand', () => {
  test.each([
    ['linux', 'ip -4 route'],
    ['macos', 'netstat -rn -f inet'],
    ['windows', 'Get-NetRoute -AddressFamily IPv4'],
  ] as const)('of routes on %s', (on, command) => {
    const item = routes();
    if (item.status !== 'ok') throw new Error('there are no routes');
    expect(checkOf(item, [], on, 'tcp')).toBe(command);
  });

  test.each([
    ['windows-firewall', null, 'Get-NetFirewallProfile -PolicyStore ActiveStore'],
    [
      'windows-firewall',
      7,
      'Get-NetFirewallRule -PolicyStore ActiveStore -Direction Inbound -Enabled True -Action Block',
    ],
    ['pf', 3, 'sudo pfctl -s rules'],
    [
      'macos-application-firewall',
      null,
      '/usr/libexec/ApplicationFirewall/socketfilterfw --getglobalstate --getblockall --listapps',
    ],
  ] as const)('of a rule of %s, %s', (software: FirewallSoftware, position, command) => {
    const item = firewall('drop');
    if (item.status !== 'ok') throw new Error('there are no rules');
    const where = { table: '', chain: '', rule: '', position, software };
    const args = {
      ...where,
      family: 'ipv4',
      port: 443,
      verdict: 'drop',
      path: 'input',
      source: 'internet',
    } as const;
    expect(checkOf(item, [{ code: 'firewall-blocks', args }], 'windows', 'tcp')).toBe(command);
  });
});

describe('how a change is made', () => {
  const by = {
    software: 'windows-firewall',
    table: 'Public',
    chain: 'Inbound',
    rule: 'DefaultInboundAction Block',
    position: null,
    handle: null,
    isPolicy: true,
  } as const;
  const offer = remediesFor(caseOf({ evidence: [system('windows'), firewallOf({ by })] }), [
    confirmed('host-firewall'),
  ]);

  test('is told with its shell and its rights, within 80 columns', () => {
    const text = explainText(hidden('windows', false), offer, PLAIN);
    expect(text).toContain('in an elevated PowerShell');
    expect(text).toContain('in an elevated command prompt');
    expect(text).toMatch(/New-NetFirewallRule .* `\n/u);
    expect(text).toMatch(/netsh advfirewall firewall .* \^\n/u);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
