import { existsSync } from 'node:fs';
import { cp, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DecidingRule, FirewallDecision } from '../../src/model/facts/host.ts';
import type { ManualStep } from '../../src/model/remedy-offer.ts';
import { offerHostFirewall } from '../../src/remedies/host-firewall.ts';
import { edited } from '../support/edited.ts';
import { caseOf } from '../support/home.ts';
import { commandsOf, confirmed, firewallOf, manual, rule } from './scene.ts';
import { TwoHosts } from './two-hosts.ts';

/** A real ruleset that keeps IPv4 out and lets IPv6 in, and the rule in it that does. */
interface Ruleset {
  readonly setUp: readonly string[];
  readonly input?: string;
  readonly by: DecidingRule;
  readonly path?: FirewallDecision['path'];
  /** Prints the rules as they are, without what counts packets. */
  readonly list: string;
}

const NFT = 'nft -s list ruleset';
const iptables = (kind: 'nft' | 'legacy'): string =>
  `iptables-${kind}-save | grep -v '^#' | sed 's/\\[[0-9:]*\\]//'`;

const table = (...lines: readonly string[]): string =>
  ['table inet filter {', ...lines.map((each) => `  ${each}`), '}', ''].join('\n');
const POLICY = 'type filter hook input priority filter; policy drop;';

const RULESETS: Readonly<Record<string, Ruleset>> = {
  'nftables: a rule that drops IPv4': {
    setUp: ['nft -f -'],
    input: table(
      'chain input {',
      '  type filter hook input priority filter; policy accept;',
      '  ct state established,related accept',
      '  meta nfproto ipv4 tcp dport 443 drop',
      '}',
    ),
    by: rule({ rule: 'meta nfproto ipv4 tcp dport 443 drop', position: 2, handle: 3 }),
    list: NFT,
  },
  'nftables: a rule whose handle is not known': {
    setUp: ['nft -f -'],
    input: table(
      'chain input {',
      '  type filter hook input priority filter; policy accept;',
      '  ct state established,related accept',
      '  meta nfproto ipv4 tcp dport 443 reject with tcp reset',
      '}',
    ),
    by: rule({ rule: 'meta nfproto ipv4 tcp dport 443 reject with tcp reset', position: 2, handle: null }),
    list: NFT,
  },
  'nftables: a policy': {
    setUp: ['nft -f -'],
    input: table('chain input {', `  ${POLICY}`, '  iif "lo" accept', '  meta nfproto ipv6 accept', '}'),
    // The kernel tells numbers; files, and nft itself, say names.
    by: rule({
      rule: POLICY.replace('priority filter', 'priority 0'),
      position: null,
      handle: null,
      isPolicy: true,
    }),
    list: NFT,
  },
  'nftables: a chain of its own that another jumps to': {
    setUp: ['nft -f -'],
    input: table(
      'chain web {',
      '  meta nfproto ipv4 drop',
      '}',
      'chain input {',
      '  type filter hook input priority filter; policy accept;',
      '  tcp dport 443 jump web',
      '}',
    ),
    by: rule({ chain: 'web', rule: 'meta nfproto ipv4 drop', position: 1, handle: null }),
    list: NFT,
  },
  'nftables: only the local network is let in': {
    setUp: ['nft -f -'],
    input: table(
      'chain input {',
      '  type filter hook input priority filter; policy accept;',
      '  ip saddr 10.0.0.0/8 tcp dport 443 accept',
      '  meta nfproto ipv4 tcp dport 443 drop',
      '}',
    ),
    by: rule({ position: 2, handle: null }),
    list: NFT,
  },
  'nftables: replies are not let out': {
    setUp: ['nft -f -'],
    input: table(
      'chain output {',
      '  type filter hook output priority filter; policy accept;',
      '  meta nfproto ipv4 drop',
      '}',
    ),
    by: rule({ chain: 'output', rule: 'meta nfproto ipv4 drop', position: 1, handle: null }),
    path: 'output',
    list: NFT,
  },
  'iptables-nft: a rule': {
    setUp: [
      'iptables-nft -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      'iptables-nft -A INPUT -p tcp --dport 443 -j REJECT',
    ],
    by: rule({ software: 'iptables-nft', table: 'filter', chain: 'INPUT', position: 2, handle: null }),
    list: iptables('nft'),
  },
  'iptables-nft: a policy': {
    setUp: ['iptables-nft -A INPUT -i lo -j ACCEPT', 'iptables-nft -P INPUT DROP'],
    by: rule({
      software: 'iptables-nft',
      table: 'filter',
      chain: 'INPUT',
      position: null,
      handle: null,
      isPolicy: true,
    }),
    list: iptables('nft'),
  },
  'iptables-nft: before the routing, in another table': {
    setUp: ['iptables-nft -t mangle -A PREROUTING -p tcp --dport 443 -j DROP'],
    by: rule({ software: 'iptables-nft', table: 'mangle', chain: 'PREROUTING', position: 1, handle: null }),
    list: iptables('nft'),
  },
  'iptables-legacy: a rule': {
    setUp: [
      'iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT',
      'iptables-legacy -A INPUT -p tcp -j DROP',
    ],
    by: rule({ software: 'iptables-legacy', table: 'filter', chain: 'INPUT', position: 2, handle: null }),
    list: iptables('legacy'),
  },
  'iptables-legacy: a policy': {
    setUp: ['iptables-legacy -P INPUT DROP'],
    by: rule({
      software: 'iptables-legacy',
      table: 'filter',
      chain: 'INPUT',
      position: null,
      handle: null,
      isPolicy: true,
    }),
    list: iptables('legacy'),
  },
  'iptables-legacy: replies are not let out': {
    setUp: ['iptables-legacy -P OUTPUT DROP'],
    by: rule({
      software: 'iptables-legacy',
      table: 'filter',
      chain: 'OUTPUT',
      position: null,
      handle: null,
      isPolicy: true,
    }),
    path: 'output',
    list: iptables('legacy'),
  },
  'docker: the chain of its users': {
    setUp: [
      'iptables -N DOCKER-USER',
      'iptables -A INPUT -j DOCKER-USER',
      'iptables -A DOCKER-USER -i lo -j RETURN',
      'iptables -A DOCKER-USER -p tcp -j DROP',
    ],
    by: rule({ software: 'docker', table: 'filter', chain: 'DOCKER-USER', position: 2, handle: null }),
    list: iptables('nft'),
  },
};

const isRoot = process.platform === 'linux' && process.geteuid?.() === 0;

const stepsFor = ({ by, path = 'input' }: Ruleset): ManualStep[] =>
  manual(
    offerHostFirewall(caseOf({ evidence: [firewallOf({ by, path })] }), [confirmed('host-firewall')]),
  ).ways.flatMap(({ steps }) => steps);

describe.runIf(isRoot)('in a real kernel', () => {
  test.each(Object.entries(RULESETS))('%s: opened, and closed again', async (_name, ruleset) => {
    await using hosts = await TwoHosts.make();
    await hosts.run(ruleset.setUp, ruleset.input);
    const before = await hosts.run([ruleset.list]);
    expect([await hosts.connects(4), await hosts.connects(6)], 'at first').toEqual([false, true]);

    const [step] = stepsFor(ruleset);
    await hosts.run(commandsOf(step?.change ?? null));
    expect([await hosts.connects(4), await hosts.connects(6)], 'with the change').toEqual([true, true]);

    await hosts.run(commandsOf(step?.undo ?? null));
    expect([await hosts.connects(4), await hosts.connects(6)], 'undone').toEqual([false, true]);
    expect(await hosts.run([ruleset.list])).toBe(before);
  });

  const files = Object.entries(RULESETS).filter(([, { by }]) => by.software === 'nftables');
  test.each(files)('%s: the line for the file does the same after a restart', async (_name, ruleset) => {
    await using hosts = await TwoHosts.make();
    const file = ruleset.input ?? '';
    const [, keep] = stepsFor(ruleset);
    const kept = edited(file, keep?.change ?? null);
    await hosts.run(ruleset.setUp, kept);
    expect([await hosts.connects(4), await hosts.connects(6)]).toEqual([true, true]);

    const plain = (text: string): string[] =>
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    expect(plain(edited(kept, keep?.undo ?? null))).toEqual(plain(file));
  });

  test('nftables: done twice, the undo takes both away', async () => {
    await using hosts = await TwoHosts.make();
    const ruleset = Object.values(RULESETS)[0];
    if (ruleset === undefined) throw new Error('no ruleset');
    await hosts.run(ruleset.setUp, ruleset.input);
    const before = await hosts.run([ruleset.list]);
    const [step] = stepsFor(ruleset);
    const change = commandsOf(step?.change ?? null);
    await hosts.run([...change, ...change]);
    expect(await hosts.run([ruleset.list])).not.toBe(before);
    await hosts.run(commandsOf(step?.undo ?? null));
    expect(await hosts.run([ruleset.list])).toBe(before);
  });
});

/** ufw's own rules, where the machine has ufw: a default that denies, and a rule of the user's that does. */
const UFW: Readonly<Record<string, { readonly say: readonly string[]; readonly by: Partial<DecidingRule> }>> =
  {
    'a default that denies': { say: [], by: { chain: 'INPUT', position: null, isPolicy: true } },
    'a rule that denies': {
      say: ['ufw deny proto tcp from 0.0.0.0/0 to any port 443'],
      by: { chain: 'ufw-user-input', position: 1 },
    },
    'a rule that rejects, for both protocols': {
      say: ['ufw reject from 0.0.0.0/0 to any port 443'],
      by: { chain: 'ufw-user-input', position: 1 },
    },
  };

describe.runIf(isRoot && existsSync('/usr/sbin/ufw'))('ufw in a real kernel', () => {
  test.each(Object.entries(UFW))('%s: opened, and closed again', async (_name, { say, by }) => {
    await using hosts = await TwoHosts.make();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'reach4-ufw-'));
    await cp('/etc/ufw', folder.path, { recursive: true });
    // `ip netns exec` has mounts of its own: ufw writes to the copy, and the machine's own rules stay as they are.
    const run = (commands: readonly string[]) =>
      hosts.run([`mount --bind ${folder.path} /etc/ufw`, ...commands]);
    const six = 'ufw prepend allow proto tcp from ::/0 to any port 443';
    await run(['ufw --force reset', ...say, six, 'ufw --force enable']);
    const list = `cat /etc/ufw/user.rules /etc/ufw/user6.rules; ${iptables('nft')}`;
    const before = await run([list]);
    expect([await hosts.connects(4), await hosts.connects(6)], 'at first').toEqual([false, true]);

    const rest = { software: 'ufw', table: 'filter', handle: null } as const;
    const [step] = stepsFor({ setUp: [], list, by: rule({ ...rest, ...by }) });
    await run(commandsOf(step?.change ?? null));
    expect([await hosts.connects(4), await hosts.connects(6)], 'with the change').toEqual([true, true]);

    await run(commandsOf(step?.undo ?? null));
    expect([await hosts.connects(4), await hosts.connects(6)], 'undone').toEqual([false, true]);
    expect(await run([list])).toBe(before);
  });
});
