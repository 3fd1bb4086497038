import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecidingRule, FirewallDecision, System } from '../../src/model/facts/host.ts';
import { offerHostFirewall } from '../../src/remedies/host-firewall.ts';
import { system } from '../support/evidence-host.ts';
import { caseOf } from '../support/home.ts';
import { TARGET } from '../support/names.ts';
import { syntaxOf } from '../support/shell-words.ts';
import { confirmed, firewallOf, manual, rule, stepsOf, waysOf } from './scene.ts';

const CONFIRMED = [confirmed('host-firewall')];
const policy = { position: null, handle: null, isPolicy: true } as const;

const offer = (
  on: System,
  by: Partial<DecidingRule> | null,
  more: Omit<Partial<FirewallDecision>, 'by'> = {},
  target = TARGET,
) =>
  offerHostFirewall(
    caseOf({
      target,
      evidence: [system(on), ...(by === null ? [] : [firewallOf({ by: rule(by), ...more })])],
    }),
    CONFIRMED,
  );

/** As the probe for Windows tells what decides. */
const windows = (more: Partial<DecidingRule>): Partial<DecidingRule> => ({
  software: 'windows-firewall',
  table: 'Public',
  chain: 'Inbound',
  handle: null,
  ...more,
});
const byDefault = windows({ rule: 'DefaultInboundAction Block', ...policy });
const byRule = (title: string, name: string) =>
  windows({
    rule: `"${title}" (Name ${name}): Block TCP, local port 443, remote address 0.0.0.0-255.255.255.255, profile Any`,
    position: 12,
  });

const application = (text: string): Partial<DecidingRule> => ({
  software: 'macos-application-firewall',
  table: 'application firewall',
  chain: 'programs',
  rule: text,
  position: null,
  handle: null,
});
const PROGRAM = '/usr/libexec/ApplicationFirewall/socketfilterfw';
const inPf = (text: string, anchor = ''): Partial<DecidingRule> => ({
  software: 'pf',
  table: 'pf',
  chain: anchor,
  rule: text,
  position: 3,
  handle: null,
});

/** System, what decides, and the first step of each way: its change and what takes it back. */
const CHANGES: readonly [string, System, Partial<DecidingRule>, number, string, string | RegExp][] = [
  [
    'the default of a profile: a rule for IPv4 alone',
    'windows',
    byDefault,
    0,
    "New-NetFirewallRule -Name reach4-tcp-443-ipv4-public -DisplayName 'reach4 TCP 443 IPv4' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 443 -RemoteAddress 0.0.0.1-255.255.255.254 -Profile Public",
    'Remove-NetFirewallRule -Name reach4-tcp-443-ipv4-public',
  ],
  [
    'the same by netsh',
    'windows',
    byDefault,
    1,
    'netsh advfirewall firewall add rule name=reach4-tcp-443-ipv4-public dir=in action=allow protocol=TCP localport=443 remoteip=0.0.0.1-255.255.255.254 profile=public',
    'netsh advfirewall firewall delete rule name=reach4-tcp-443-ipv4-public dir=in',
  ],
  [
    'a profile that lets no rule count',
    'windows',
    windows({ rule: 'AllowInboundRules False', ...policy, table: 'Private' }),
    0,
    'Set-NetFirewallProfile -Name Private -AllowInboundRules True',
    'Set-NetFirewallProfile -Name Private -AllowInboundRules False',
  ],
  [
    'a rule that blocks',
    'windows',
    byRule('No web', '{6b1d4c2e-aaaa-bbbb-cccc-0123456789ab}'),
    0,
    "Disable-NetFirewallRule -Name '{6b1d4c2e-aaaa-bbbb-cccc-0123456789ab}'",
    "Enable-NetFirewallRule -Name '{6b1d4c2e-aaaa-bbbb-cccc-0123456789ab}'",
  ],
  [
    'a rule whose name has quotes and brackets in it',
    'windows',
    byRule("Bob's server", 'TCP Query User{1A}C:\\program files (x86)\\bob\u2019s\\server.exe'),
    0,
    "Disable-NetFirewallRule -Name 'TCP Query User{1A}C:\\program files (x86)\\bob\u2019\u2019s\\server.exe'",
    /^Enable-NetFirewallRule/u,
  ],
  [
    'a rule that blocks, by netsh',
    'windows',
    byRule('No web & more', 'no-web'),
    1,
    'netsh advfirewall firewall set rule name="No web & more" dir=in new enable=no',
    'netsh advfirewall firewall set rule name="No web & more" dir=in new enable=yes',
  ],
  [
    'a Mac that blocks everything',
    'macos',
    application('Block all incoming connections'),
    0,
    `${PROGRAM} --setblockall off`,
    `${PROGRAM} --setblockall on`,
  ],
  [
    'a Mac that blocks the program',
    'macos',
    application("/Applications/Bob's Server.app (Block incoming connections)"),
    0,
    `${PROGRAM} --unblockapp '/Applications/Bob'\\''s Server.app'`,
    `${PROGRAM} --blockapp '/Applications/Bob'\\''s Server.app'`,
  ],
  [
    'a rule of pf in the main ruleset',
    'macos',
    inPf('block drop in inet all'),
    0,
    '/etc/pf.conf\nblock drop in inet all => pass in quick inet proto tcp from any to any port 443 label "reach4"\nblock drop in inet all\npfctl -n -f /etc/pf.conf\npfctl -f /etc/pf.conf',
    /^\/etc\/pf\.conf\npass in quick .* => -\n/u,
  ],
  [
    'a rule of pf in an anchor of Apple',
    'macos',
    inPf('block drop in quick inet proto tcp from any to any port = 443', 'com.apple/300.Block'),
    0,
    "printf '%s\\n' 'pass in quick inet proto tcp from any to any port 443 label \"reach4\"' > /etc/pf.anchors/reach4\npfctl -a com.apple/000.reach4 -f /etc/pf.anchors/reach4",
    'pfctl -a com.apple/000.reach4 -F rules\nrm /etc/pf.anchors/reach4',
  ],
];

describe('the remedy host-firewall', () => {
  test.each(CHANGES)('%s', (_, on, by, way, change, undo) => {
    const [first] = stepsOf(offer(on, by), way);
    expect(first?.[1]).toBe(change);
    if (typeof undo === 'string') expect(first?.[2]).toBe(undo);
    else expect(first?.[2]).toMatch(undo);
  });

  test.each([
    [
      byDefault,
      ['Windows Firewall', 'Windows Firewall, by netsh', 'a computer whose firewall a Group Policy owns'],
    ],
    [
      windows({ rule: 'AllowInboundRules False', ...policy }),
      ['Windows Firewall', 'a computer whose firewall a Group Policy owns'],
    ],
  ] as const)('%j has the ways %j', (by, ways) => {
    expect(waysOf(offer('windows', by))).toEqual(ways);
  });

  test('says in which shell, and with which rights', () => {
    const shells = manual(offer('windows', byDefault)).ways.flatMap(({ steps }) =>
      steps.map(({ change }) => (change.kind === 'commands' ? [change.shell, change.root] : change.kind)),
    );
    expect(shells).toEqual([['powershell', true], ['cmd', true], 'message']);
  });

  test('whoever manages the computer is told which rule', () => {
    const ways = manual(offer('windows', byRule('No web', 'no-web'))).ways;
    expect(ways.at(-1)?.steps[0]?.change).toMatchObject({
      to: 'whoever manages this computer',
      text: expect.stringContaining('switch off this rule, which blocks it: "No web" (no-web)'),
    });
  });

  test('UDP is let in as UDP', () => {
    const [first] = stepsOf(offer('windows', byDefault, { port: 27015 }, 'udp://home.example.org:27015'));
    expect(first?.[1]).toContain('-Protocol UDP -LocalPort 27015');
    const [line] = stepsOf(
      offer('macos', inPf('block drop in all'), { port: 27015 }, 'udp://home.example.org:27015'),
    );
    expect(line?.[1]).toContain('pass in quick inet proto udp from any to any port 27015');
  });

  test.each([
    ['a pattern', byRule('x', 'web*')],
    ['a name that could be read in two ways', byRule('a" (Name b): Block all', 'c')],
    ['words that are cut off', windows({ rule: '"A long title', position: 1 })],
    ['a profile that does not exist', windows({ ...byDefault, table: 'x; reboot' })],
    ['a name with a line break', byRule('x', 'a\nreboot')],
  ])('%s names no rule: the words for any take its place', (_, by) => {
    const made = offer('windows', by);
    expect(stepsOf(made)[0]?.[1]).toContain('-Profile Any');
    expect(JSON.stringify(made)).not.toContain('reboot');
  });

  test.each([
    ['a name that cmd.exe would read', byRule('100% web', 'ok')],
    ['the word for every rule', byRule('All', 'ok')],
  ])('%s is not told to netsh', (_, by) => {
    expect(waysOf(offer('windows', by))).toEqual([
      'Windows Firewall',
      'a computer whose firewall a Group Policy owns',
    ]);
  });

  test('a rule of pf that may come before ours has no words', () => {
    const by = inPf('block drop in quick inet all', 'mine');
    expect(waysOf(offer('macos', by))).toEqual(["macOS's application firewall"]);
  });

  test('where no rule is known, there are words for the system', () => {
    expect(waysOf(offer('windows', null))).toEqual(['Windows Firewall', 'Windows Firewall, by netsh']);
    expect(manual(offer('windows', null)).loses.join(' ')).toContain('in an elevated PowerShell');
    expect(stepsOf(offer('macos', null))[0]).toEqual([
      "macOS's application firewall",
      `${PROGRAM} --add PATH\n${PROGRAM} --unblockapp PATH`,
      `${PROGRAM} --remove PATH`,
    ]);
    expect(waysOf(offer('linux', null))[0]).toContain('ufw');
  });
});

test('whatever a rule or a program is called, it is one word of the command', () => {
  const mark = 'FOREIGN WORD';
  const foreign = fc
    .array(
      fc.constantFrom(
        mark,
        "'",
        '"',
        '\u2019',
        '`',
        '$(',
        '; ',
        '&',
        '|',
        '%',
        '\\',
        '): Block ',
        '(',
        ' -x ',
        '\n',
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => `${mark}${parts.join('')}`);
  let quoted = 0;
  fc.assert(
    fc.property(foreign, foreign, fc.boolean(), (title, name, isMac) => {
      const made = isMac
        ? offer('macos', application(`/Applications/${name} (Block incoming connections)`))
        : offer('windows', byRule(title, name));
      for (const { steps } of manual(made).ways) {
        for (const change of steps.flatMap(({ change: does, undo }) => [does, undo])) {
          if (change?.kind !== 'commands') continue;
          for (const line of change.commands) {
            expect(syntaxOf(change.shell, line)).not.toContain(mark);
            if (line.includes(mark)) quoted += 1;
          }
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(quoted).toBeGreaterThan(100);
});
