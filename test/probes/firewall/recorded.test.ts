import { describe, expect, it } from 'vitest';
import { firewall } from '../../../src/probes/firewall.ts';
import { fakePorts, here } from '../fake-ports.ts';
import { lines, probe, type Recording, recording } from './recorded.ts';

/** Both sources, when nothing tells them apart. */
const both = (family: string, rest: string): string[] => [
  `${family} internet ${rest}`,
  `${family} lan ${rest}`,
];

/** What real tools printed on a server with 192.168.7.2/24 and 2001:db8:7::2/64, and what follows for some port. */
const CASES: readonly (readonly [name: string, port: number, expected: readonly string[]])[] = [
  ['none', 443, [...both('ipv4', 'input accept'), ...both('ipv6', 'input accept')]],
  [
    'nft-server',
    443,
    [
      'ipv4 internet input drop by nftables: inet filter input: type filter hook input priority 0; policy drop;',
      'ipv4 lan input accept by nftables: inet filter input 8: ip saddr 192.168.7.0/24 accept',
      ...both(
        'ipv6',
        'input accept by nftables: inet filter input 7: meta nfproto ipv6 tcp dport 443 accept',
      ),
    ],
  ],
  [
    'iptables-both',
    443,
    [
      'ipv4 internet input drop by iptables-legacy: filter INPUT: -P INPUT DROP',
      'ipv4 lan input accept by iptables-legacy: filter INPUT 1: -A INPUT -s 192.168.7.0/24 -j ACCEPT',
      ...both(
        'ipv6',
        'input reject by iptables-nft: filter INPUT 1: -A INPUT -p tcp -m tcp --dport 443 -j REJECT --reject-with icmp6-port-unreachable',
      ),
    ],
  ],
  [
    'ufw',
    443,
    [
      'ipv4 internet input drop by ufw: filter INPUT: -P INPUT DROP',
      'ipv4 lan input accept by ufw: filter ufw-user-input 2: -A ufw-user-input -s 192.168.7.0/24 -p tcp -m tcp --dport 443 -j ACCEPT',
      ...both('ipv6', 'input drop by ufw: filter INPUT: -P INPUT DROP'),
    ],
  ],
  [
    'ufw',
    80,
    [
      ...both(
        'ipv4',
        'input accept by ufw: filter ufw-user-limit-accept 1: -A ufw-user-limit-accept -j ACCEPT',
      ),
      ...both(
        'ipv6',
        'input accept by ufw: filter ufw6-user-limit-accept 1: -A ufw6-user-limit-accept -j ACCEPT',
      ),
    ],
  ],
  [
    'firewalld',
    443,
    [
      'ipv4 internet input reject by firewalld: inet firewalld filter_IN_public 9: reject with icmpx admin-prohibited',
      'ipv4 lan input accept by firewalld: inet firewalld filter_IN_public_allow 4: ip saddr 192.168.7.0/24 tcp dport 443 accept',
      ...both(
        'ipv6',
        'input reject by firewalld: inet firewalld filter_IN_public 9: reject with icmpx admin-prohibited',
      ),
    ],
  ],
  [
    'docker',
    443,
    [
      ...both(
        'ipv4',
        'forward to 172.17.0.2 443 accept by docker: filter DOCKER 1: -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 443 -j ACCEPT',
      ),
      ...both('ipv6', 'input accept'),
    ],
  ],
  [
    'docker-user',
    443,
    [
      'ipv4 internet forward to 172.17.0.2 443 drop by docker: filter DOCKER-USER 1: -A DOCKER-USER ! -s 192.168.7.0/24 -i eth0 -j DROP',
      'ipv4 lan forward to 172.17.0.2 443 accept by docker: filter DOCKER 1: -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 443 -j ACCEPT',
      ...both('ipv6', 'input accept'),
    ],
  ],
  [
    'docker-user',
    22,
    [
      ...both('ipv4', 'input drop by iptables-nft: filter INPUT: -P INPUT DROP'),
      ...both('ipv6', 'input accept'),
    ],
  ],
];

describe('the rule that decides', () => {
  it.each(CASES)('%s, port %i', async (name, port, expected) => {
    expect(await lines(recording(name), port)).toEqual(expected);
  });

  it('carries its handle', async () => {
    const evidence = await probe(recording('nft-server'));
    if (evidence.probe !== 'firewall' || evidence.status !== 'ok') throw new Error('no facts');
    expect(evidence.facts.decisions.map(({ by }) => by?.handle)).toEqual([null, 12, 11, 11]);
  });

  it('is told with what else is installed', async () => {
    const evidence = await probe(recording('ufw'));
    if (evidence.probe !== 'firewall' || evidence.status !== 'ok') throw new Error('no facts');
    expect(evidence.facts).toMatchObject({
      interface: 'eth0',
      software: [
        { name: 'nftables', active: false },
        { name: 'iptables-nft', active: false },
        { name: 'iptables-legacy', active: false },
        { name: 'ufw', active: true },
      ],
    });
  });
});

/** The recording with some commands as given, or gone. */
function but(
  name: string,
  changes: Readonly<Record<string, Recording['commands'][string] | null>>,
): Recording {
  const { commands, files } = recording(name);
  const changed = Object.entries({ ...commands, ...changes });
  return {
    files,
    commands: Object.fromEntries(changed.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
  };
}

const NO_NFT = { 'nft -j list ruleset': null, 'nft -a list ruleset': null } as const;
const NO_MODERN = { 'iptables-nft-save': null, 'ip6tables-nft-save': null } as const;
const NO_LEGACY = { 'iptables-legacy-save': null, 'ip6tables-legacy-save': null } as const;
const NO_PLAIN = { 'iptables-save': null, 'ip6tables-save': null } as const;

async function reason(recorded: Recording): Promise<string> {
  const evidence = await probe(recorded);
  return evidence.status === 'ok' ? 'ok' : `${evidence.status} ${evidence.reason.code}`;
}

describe('what can’t be read', () => {
  it('without privilege', async () => {
    expect(await reason(recording('unprivileged'))).toBe('failed no-privilege');
    expect(await reason({ ...but('unprivileged', NO_NFT) })).toBe('failed no-privilege');
    expect(await reason({ ...but('unprivileged', { ...NO_NFT, ...NO_MODERN, ...NO_PLAIN }) })).toBe(
      'failed no-privilege',
    );
  });

  it('without any tool', async () => {
    expect(await reason(but('none', { ...NO_NFT, ...NO_MODERN, ...NO_LEGACY, ...NO_PLAIN }))).toBe(
      'failed no-tool',
    );
  });

  it('from an nft that can’t print JSON', async () => {
    const stderr = 'Error: JSON support not compiled-in\n';
    expect(await reason(but('none', { 'nft -j list ruleset': { exitCode: 1, stdout: '', stderr } }))).toBe(
      'failed unsupported',
    );
  });

  it.each([
    [124, 'failed timed-out'],
    [125, 'failed too-large'],
    [128, 'failed malformed'],
  ])('when nft ends with %i', async (exitCode, expected) => {
    expect(await reason(but('none', { 'nft -j list ruleset': { exitCode, stdout: '', stderr: '' } }))).toBe(
      expected,
    );
  });

  it('makes what nothing else stops unknown: rules of iptables-legacy without its program', async () => {
    const found = await lines(but('iptables-both', { ...NO_LEGACY }));
    expect(found.slice(0, 2)).toEqual(
      both('ipv4', 'input unknown because the rules of iptables-legacy: no-tool (filter)'),
    );
    expect(found.slice(2)).toEqual((await lines(recording('iptables-both'))).slice(2));
  });

  it('of matches that iptables-nft-save alone tells', async () => {
    const found = await lines(but('iptables-both', { ...NO_MODERN, ...NO_PLAIN, ...NO_LEGACY }));
    expect(found[2]).toMatch(/^ipv6 internet input unknown because tcp dport 443 counter/u);
  });

  it('on another system', async () => {
    const evidence = await firewall(
      { port: 443, protocol: 'tcp' },
      fakePorts({ host: { platform: 'freebsd' } }),
      here(),
    );
    expect(evidence).toMatchObject({ status: 'skipped', reason: { code: 'not-applicable' } });
  });
});

describe('without nft', () => {
  it('iptables-nft-save tells the rules', async () => {
    expect(await lines(but('iptables-both', NO_NFT))).toEqual(await lines(recording('iptables-both')));
  });

  it('iptables-save is taken for what its first line says', async () => {
    const { commands } = recording('iptables-both');
    const plain = {
      'iptables-save': commands['iptables-legacy-save'] ?? '',
      'ip6tables-save': commands['ip6tables-legacy-save'] ?? '',
    };
    const found = await lines(but('iptables-both', { ...NO_NFT, ...NO_MODERN, ...NO_LEGACY, ...plain }));
    expect(found.slice(0, 2)).toEqual((await lines(recording('iptables-both'))).slice(0, 2));
  });
});
