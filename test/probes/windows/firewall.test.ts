import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FirewallDecision } from '../../../src/model/facts/host.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { here } from '../fake-ports.ts';
import { edited, fixture, windows } from './machine.ts';

interface Rule {
  [name: string]: unknown;
}

/** The machine with a rule that drops IPv4; its own rules come after those that Windows has. */
const DROPS = fixture('server2022-en-drops-ipv4.txt');

const ALLOW: Rule = {
  id: 'web',
  name: 'Web',
  action: 'Allow',
  profile: 'Any',
  owner: '',
  source: 'Local',
  enforcement: [1],
  protocol: 'TCP',
  localPort: ['443'],
  remotePort: ['Any'],
  dynamic: 'Any',
  localAddress: ['Any'],
  remoteAddress: ['Any'],
  keywords: [],
  conditions: [],
  program: 'Any',
  package: '',
  service: 'Any',
  alias: ['Any'],
  type: 'Any',
  authentication: 'NotRequired',
  encryption: 'NotRequired',
  overrides: 'False',
  localUser: 'Any',
  remoteUser: 'Any',
  remoteMachine: 'Any',
};

const withRules = (text: string, ...rules: readonly Rule[]): string =>
  edited(text, 'firewall-rules', (({ list }: { list: Rule[] }) => ({
    // Without those of this fixture's own.
    list: [...list.slice(0, 6), ...rules],
  })) as never);

const withProfile = (text: string, change: Rule): string =>
  edited(text, 'firewall-profiles', ((facts: { profiles: Rule[] }) => ({
    ...facts,
    profiles: facts.profiles.map((profile) => ({ ...profile, ...change })),
  })) as never);

async function decisions(text: string, port = 443): Promise<FirewallDecision[]> {
  const item = await firewall({ port, protocol: 'tcp' }, windows({ 'powershell.exe': text }).ports, here());
  if (item.probe !== 'firewall' || item.status !== 'ok') throw new Error(JSON.stringify(item));
  return item.facts.decisions;
}

/** `ipv4 internet drop` of each. */
const told = (all: readonly FirewallDecision[]): string[] => [
  ...new Set(all.map(({ family, source, verdict }) => `${family} ${source} ${verdict}`)),
];
const all = (verdict: string): string[] =>
  ['ipv4', 'ipv6'].flatMap((family) => [`${family} internet ${verdict}`, `${family} lan ${verdict}`]);
const internet = async (text: string, port = 443): Promise<string[]> =>
  told(await decisions(text, port))
    .filter((each) => each.includes('internet'))
    .map((each) => each.replace(' internet', ''));

describe('the machines of the fixtures', () => {
  it('a list of no rules at all is one that was not read', async () => {
    const text = edited(DROPS, 'firewall-rules', (() => ({ list: [] })) as never);
    const { ports } = windows({ 'powershell.exe': text });
    expect(await firewall({ port: 443, protocol: 'tcp' }, ports, here())).toMatchObject({
      status: 'failed',
      reason: { code: 'malformed' },
    });
  });

  it('a rule that blocks wins over one that allows, and is of IPv4 alone', async () => {
    const found = await decisions(DROPS);
    expect(told(found)).toEqual([
      'ipv4 internet drop',
      'ipv4 lan drop',
      'ipv6 internet accept',
      'ipv6 lan accept',
    ]);
    expect(found[0]?.by).toEqual({
      software: 'windows-firewall',
      table: 'Public',
      chain: 'Inbound',
      rule: '"No IPv4" (Name no-ipv4): Block TCP, local port 443, remote address 0.0.0.0-255.255.255.255, profile Any',
      position: 8,
      handle: null,
      isPolicy: false,
    });
    expect(found.find(({ family }) => family === 'ipv6')?.by?.rule).toContain('"Web"');
  });

  it('without a rule the profile keeps everything out', async () => {
    const found = await decisions(fixture('server2019-de-default-block.txt'));
    expect(told(found)).toEqual(all('drop'));
    expect(found[0]?.by).toMatchObject({
      table: 'Private',
      rule: 'DefaultInboundAction Block',
      position: null,
      isPolicy: true,
    });
  });

  it('a rule for a program says nothing where the program may not be seen', async () => {
    const found = await decisions(fixture('windows11-ja-unelevated.txt'));
    expect(told(found)).toEqual(all('unknown'));
    expect(found[0]?.unknownBecause).toMatch(
      /^whether the rule "お使いのアカウント" .* is about such packets$/u,
    );
  });

  it('a rule for the program that listens lets in, whatever the case of its path', async () => {
    expect(told(await decisions(fixture('windows10-fr-v6only.txt'), 443))).toEqual([
      // Nothing listens on IPv4: for which program the rule would count, nobody knows.
      'ipv4 internet unknown',
      'ipv4 lan unknown',
      'ipv6 internet accept',
      'ipv6 lan accept',
    ]);
  });

  it('http.sys is the System of the rules, and no match for IP-HTTPS', async () => {
    expect(told(await decisions(fixture('windows10-en-vpn.txt')))).toEqual(all('accept'));
  });

  it.each([
    [
      'windows11-en-other-firewall.txt',
      'another firewall is registered with Windows: Example Internet Security',
    ],
    [
      'windows11-de-constrained.txt',
      'whether another firewall has taken over from Windows Firewall was not told',
    ],
  ])('%s is unknown', async (name, because) => {
    const found = await decisions(fixture(name));
    expect(told(found)).toEqual(all('unknown'));
    expect(found[0]?.unknownBecause).toBe(because);
  });

  it('fails where the rules were denied', async () => {
    const { ports } = windows({ 'powershell.exe': fixture('server2022-en-rules-denied.txt') });
    expect(await firewall({ port: 443, protocol: 'tcp' }, ports, here())).toMatchObject({
      status: 'failed',
      reason: { code: 'no-privilege', detail: 'Access is denied.' },
    });
  });

  it('says that a firewall is off', async () => {
    const found = await decisions(withProfile(DROPS, { enabled: 'False' }));
    expect(told(found)).toEqual(all('accept'));
    expect(found[0]?.by).toBeNull();
  });
});

describe('profiles', () => {
  it.each([
    [{ inbound: 'NotConfigured' }, 'drop'],
    [{ inbound: 'Allow' }, 'accept'],
    [{ inbound: 'Sometimes' }, 'unknown'],
    [{ enabled: 'NotConfigured' }, 'unknown'],
    [{ disabledOn: ['ethernet'] }, 'accept'],
    [{ disabledOn: ['Ethernet 2'] }, 'drop'],
    [{ inbound: 'Allow', allowInboundRules: 'False' }, 'drop'],
    [{ inbound: 'Allow', allowInboundRules: '?' }, 'unknown'],
  ])('without a rule for the port: %j %s', async (profile, verdict) => {
    expect(told(await decisions(withProfile(withRules(DROPS), profile)))).toEqual(all(verdict));
  });

  it.each([
    ['Public', 'accept'],
    ['Domain, Public', 'accept'],
    ['Domain, Private', 'drop'],
    ['4', 'unknown'],
    ['', 'unknown'],
  ])('a rule for %s, on a public network: %s', async (profile, verdict) => {
    expect(told(await decisions(withRules(DROPS, { ...ALLOW, profile })))).toEqual(all(verdict));
  });

  it('without the category of the network all three have to agree', async () => {
    const unknownNetwork = (text: string): string =>
      edited(text, 'firewall-profiles', ((facts: object) => ({ ...facts, networks: [] })) as never);
    expect(told(await decisions(unknownNetwork(withRules(DROPS, ALLOW))))).toEqual(all('accept'));
    const found = await decisions(unknownNetwork(withRules(DROPS, { ...ALLOW, profile: 'Private' })));
    expect(told(found)).toEqual(all('unknown'));
    expect(found[0]?.unknownBecause).toContain('category of the network');
  });

  it('nothing is known while the service does not run', async () => {
    const text = edited(DROPS, 'firewall-profiles', ((facts: object) => ({
      ...facts,
      service: 'Stopped',
    })) as never);
    expect(told(await decisions(text))).toEqual(all('unknown'));
  });
});

describe('one rule that allows', () => {
  it.each<[Rule, string, string]>([
    [{ localPort: ['80', '440-450'] }, 'accept', 'accept'],
    [{ localPort: ['80'] }, 'drop', 'drop'],
    [{ localPort: ['RPC'] }, 'unknown', 'unknown'],
    [{ localPort: ['RPCEPMap'] }, 'drop', 'drop'],
    [{ localPort: ['Teredo'] }, 'drop', 'drop'],
    [{ localPort: ['IPHTTPSIn'] }, 'unknown', 'unknown'],
    [{ localPort: ['SomethingNew'] }, 'unknown', 'unknown'],
    [{ localPort: [] }, 'unknown', 'unknown'],
    [{ protocol: '6' }, 'accept', 'accept'],
    [{ protocol: 'Any' }, 'accept', 'accept'],
    [{ protocol: 'UDP' }, 'drop', 'drop'],
    [{ protocol: 'ICMPv4' }, 'drop', 'drop'],
    [{ protocol: '' }, 'unknown', 'unknown'],
    [{ remotePort: ['1024-65535'] }, 'accept', 'accept'],
    // A client's own port is a high one.
    [{ remotePort: ['53'] }, 'drop', 'drop'],
    [{ remotePort: ['2000-3000'] }, 'unknown', 'unknown'],
    [{ remoteAddress: ['0.0.0.0/0'] }, 'accept', 'drop'],
    [{ remoteAddress: ['0.0.0.0/0.0.0.0'] }, 'accept', 'drop'],
    [{ remoteAddress: ['0.0.0.0/1', '128.0.0.0/1'] }, 'accept', 'drop'],
    [{ remoteAddress: ['::/0'] }, 'drop', 'accept'],
    [{ remoteAddress: ['2000::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] }, 'drop', 'accept'],
    [{ remoteAddress: ['198.51.100.7', 'LocalSubnet'] }, 'drop', 'drop'],
    [{ remoteAddress: ['LocalSubnet6', '0.0.0.0/0'] }, 'accept', 'drop'],
    [{ remoteAddress: ['DNS'] }, 'drop', 'drop'],
    [{ remoteAddress: ['Internet'] }, 'unknown', 'unknown'],
    [{ remoteAddress: ['1.2.3.0/255.0.255.0'] }, 'unknown', 'unknown'],
    [{ remoteAddress: [] }, 'unknown', 'unknown'],
    [{ keywords: ['{d6e1…}'] }, 'unknown', 'unknown'],
    [{ conditions: ['AppTag'] }, 'unknown', 'unknown'],
    [{ localAddress: ['192.168.77.10'] }, 'accept', 'drop'],
    [{ localAddress: ['192.168.77.11'] }, 'drop', 'drop'],
    [{ localAddress: ['LocalSubnet'] }, 'unknown', 'unknown'],
    [{ alias: ['ethernet'] }, 'accept', 'accept'],
    [{ alias: ['WLAN'] }, 'drop', 'drop'],
    [{ alias: ['E*'] }, 'unknown', 'unknown'],
    [{ type: 'Wired' }, 'accept', 'accept'],
    [{ type: 'Wireless' }, 'drop', 'drop'],
    [{ type: 'Quantum' }, 'unknown', 'unknown'],
    [{ dynamic: 'WifiDirectDevices' }, 'unknown', 'unknown'],
    [{ program: 'C:\\nginx\\nginx.exe' }, 'accept', 'accept'],
    [{ program: '%SystemDrive%\\nginx\\nginx.exe' }, 'accept', 'accept'],
    [{ program: '%ProgramFiles%\\apache\\httpd.exe' }, 'drop', 'drop'],
    [{ program: '%NGINX_HOME%\\httpd.exe' }, 'unknown', 'unknown'],
    // The same file name elsewhere may be the same file by another way.
    [{ program: 'D:\\nginx\\nginx.exe' }, 'unknown', 'unknown'],
    [{ program: 'C:\\NGINX~1\\nginx.exe' }, 'unknown', 'unknown'],
    [{ program: 'System' }, 'drop', 'drop'],
    [{ program: '' }, 'unknown', 'unknown'],
    [{ service: 'w3svc' }, 'drop', 'drop'],
    [{ service: '*' }, 'drop', 'drop'],
    [{ service: '' }, 'unknown', 'unknown'],
    [{ package: 'S-1-15-2-1', owner: 'S-1-5-21-1' }, 'drop', 'drop'],
    [{ owner: 'S-1-5-21-1' }, 'unknown', 'unknown'],
    [{ authentication: 'Required' }, 'unknown', 'unknown'],
    [{ encryption: 'Dynamic' }, 'unknown', 'unknown'],
    [{ localUser: 'D:(A;;CC;;;S-1-5-18)' }, 'unknown', 'unknown'],
    [{ overrides: 'True' }, 'unknown', 'unknown'],
    [{ overrides: '' }, 'unknown', 'unknown'],
    [{ action: '2' }, 'accept', 'accept'],
    [{ action: 'AllowBypass' }, 'unknown', 'unknown'],
    [{ action: 'NotConfigured' }, 'unknown', 'unknown'],
    [{ enforcement: [5] }, 'accept', 'accept'],
    [{ enforcement: [16, 5] }, 'drop', 'drop'],
    [{ enforcement: [18] }, 'drop', 'drop'],
    [{ enforcement: [3] }, 'unknown', 'unknown'],
    [{ enforcement: [99] }, 'unknown', 'unknown'],
    [{ enforcement: [] }, 'accept', 'accept'],
  ])('%j: IPv4 %s, IPv6 %s', async (change, four, six) => {
    expect(await internet(withRules(DROPS, { ...ALLOW, ...change }))).toEqual([
      `ipv4 ${four}`,
      `ipv6 ${six}`,
    ]);
  });

  it('for neighbours lets those in and nobody else', async () => {
    expect(told(await decisions(withRules(DROPS, { ...ALLOW, remoteAddress: ['LocalSubnet'] })))).toEqual([
      'ipv4 internet drop',
      'ipv4 lan accept',
      'ipv6 internet drop',
      'ipv6 lan accept',
    ]);
  });

  it.each([
    ['Local', 'drop'],
    ['GroupPolicy', 'accept'],
    ['None', 'unknown'],
  ])('from %s, where rules of the machine do not count: %s', async (source, verdict) => {
    const text = withProfile(withRules(DROPS, { ...ALLOW, source }), { allowLocalRules: 'False' });
    expect(told(await decisions(text))).toEqual(all(verdict));
  });
});

describe('rules together', () => {
  it.each<[string, Rule[], string]>([
    ['block after allow', [ALLOW, { ...ALLOW, action: 'Block' }], 'drop'],
    [
      'a block that may be meant',
      [ALLOW, { ...ALLOW, action: 'Block', remoteAddress: ['Internet'] }],
      'unknown',
    ],
    [
      'a block that may be meant, where nothing allows',
      [{ ...ALLOW, action: 'Block', remoteAddress: ['Internet'] }],
      'drop',
    ],
    [
      'a block beside an allow that may be meant',
      [
        { ...ALLOW, action: 'Block' },
        { ...ALLOW, keywords: ['x'] },
      ],
      'drop',
    ],
    [
      'a bypass above a block',
      [
        { ...ALLOW, action: 'Block' },
        { ...ALLOW, overrides: 'True', authentication: 'Required' },
      ],
      'unknown',
    ],
  ])('%s: %s', async (_, rules, verdict) => {
    expect(told(await decisions(withRules(DROPS, ...rules)))).toEqual(all(verdict));
  });

  it('two programs on one port leave open which of them a rule is for', async () => {
    const text = edited(
      withRules(DROPS, { ...ALLOW, program: 'C:\\nginx\\nginx.exe' }),
      'listeners',
      ((facts: { tcp: object[] }) => ({
        ...facts,
        tcp: [...facts.tcp, { address: '192.168.77.10', port: 443, pid: 4 }],
      })) as never,
    );
    expect(await internet(text)).toEqual(['ipv4 unknown', 'ipv6 accept']);
  });

  it('never throws and never accepts what it does not understand', async () => {
    const noise = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/^(?:any|\*)$/iu.test(text));
    const field = fc.constantFrom(
      'profile',
      'protocol',
      'program',
      'service',
      'type',
      'authentication',
      'encryption',
      'overrides',
      'action',
      'dynamic',
    );
    await fc.assert(
      fc.asyncProperty(field, noise, async (name, text) => {
        fc.pre(!['0', '2', '6', 'Allow', 'False', 'NotRequired', 'TCP'].includes(text));
        const found = await internet(withRules(DROPS, { ...ALLOW, [name]: text }));
        expect(found.some((each) => each.endsWith('accept'))).toBe(false);
      }),
      { numRuns: 60 },
    );
    const list = fc.constantFrom('localPort', 'remoteAddress', 'localAddress', 'alias');
    await fc.assert(
      fc.asyncProperty(list, fc.array(noise, { maxLength: 3 }), async (name, texts) => {
        const found = await internet(withRules(DROPS, { ...ALLOW, [name]: texts }));
        expect(found.some((each) => each.endsWith('accept'))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});

it('of a program that may not be seen the name of its file shows that a rule is for another', async () => {
  const text = fixture('windows11-ja-unelevated.txt');
  const without = edited(text, 'firewall-rules', (({ list }: { list: Rule[] }) => ({
    // The rule of a store app, which may be for anything whose path isn't told, is left out.
    list: list.filter(({ package: of }) => of === ''),
  })) as never);
  const [found] = await decisions(without);
  expect(found?.unknownBecause).toContain('"nginx"');
  const other = without.replace('C:\\\\nginx\\\\nginx.exe', 'C:\\\\apache\\\\httpd.exe');
  expect(told(await decisions(other))).toEqual(all('drop'));
});
