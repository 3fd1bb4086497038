import { describe, expect, test } from 'vitest';
import type { DecidingRule, FirewallDecision } from '../../src/model/facts/host.ts';
import { offerHostFirewall } from '../../src/remedies/host-firewall.ts';
import { caseOf } from '../support/home.ts';
import { TARGET } from '../support/names.ts';
import { confirmed, firewallOf, manual, rule, stepsOf, waysOf, whyNot } from './scene.ts';

const CONFIRMED = [confirmed('host-firewall')];

const offer = (
  by: Partial<DecidingRule>,
  more: Omit<Partial<FirewallDecision>, 'by'> = {},
  target = TARGET,
) => offerHostFirewall(caseOf({ target, evidence: [firewallOf({ by: rule(by), ...more })] }), CONFIRMED);

const MARK = `comment '"reach4-tcp-443"'`;
const container = { path: 'forward', translatedTo: { address: '172.17.0.2', port: 8443 } } as const;
const ipt = { table: 'filter', chain: 'INPUT', position: 3, handle: null } as const;
const policy = { position: null, handle: null, isPolicy: true } as const;
const WRITTEN = '-m comment --comment reach4 -j ACCEPT';
const RICH = `rich-rule='rule family="ipv4" port port="443" protocol="tcp" accept'`;
const CT = `-p tcp -m conntrack --ctorigdstport 443 --ctdir ORIGINAL ${WRITTEN}`;

/** Rule that decides, and the first step's commands that open and close again. */
const COMMANDS: readonly [
  string,
  Partial<DecidingRule>,
  Omit<Partial<FirewallDecision>, 'by'>,
  string,
  string | RegExp,
][] = [
  [
    'nftables, before the rule with this handle',
    {},
    {},
    `nft insert rule inet filter input handle 7 meta nfproto ipv4 tcp dport 443 accept ${MARK}`,
    /^nft -a list chain inet filter input \| sed -n .*delete rule inet filter input handle.* \| nft -f -$/u,
  ],
  [
    'nftables, by position where there is no handle',
    { handle: null, position: 4, table: 'ip mine' },
    {},
    `nft insert rule ip mine input index 3 meta nfproto ipv4 tcp dport 443 accept ${MARK}`,
    /delete rule ip mine input handle/u,
  ],
  [
    'nftables, at the end of a chain with a policy',
    policy,
    {},
    `nft add rule inet filter input meta nfproto ipv4 tcp dport 443 accept ${MARK}`,
    /delete rule inet filter input/u,
  ],
  [
    'nftables, to a container',
    { chain: 'forward' },
    container,
    `nft insert rule inet filter forward handle 7 ip daddr 172.17.0.2 tcp dport 8443 accept comment '"reach4-tcp-8443"'`,
    /delete rule inet filter forward/u,
  ],
  [
    'iptables-nft',
    { software: 'iptables-nft', ...ipt },
    {},
    `iptables-nft -w -t filter -I INPUT 3 -p tcp --dport 443 ${WRITTEN}`,
    `iptables-nft -w -t filter -D INPUT -p tcp --dport 443 ${WRITTEN}`,
  ],
  [
    'iptables-legacy, to a container',
    { software: 'iptables-legacy', ...ipt, chain: 'FORWARD' },
    container,
    `iptables-legacy -w -t filter -I FORWARD 3 -p tcp -d 172.17.0.2 --dport 8443 ${WRITTEN}`,
    `iptables-legacy -w -t filter -D FORWARD -p tcp -d 172.17.0.2 --dport 8443 ${WRITTEN}`,
  ],
  [
    'iptables-nft, before the translation',
    { software: 'iptables-nft', ...ipt, table: 'raw', chain: 'PREROUTING' },
    { translatedTo: { address: '127.0.0.1', port: 8443 } },
    `iptables-nft -w -t raw -I PREROUTING 3 -p tcp --dport 443 ${WRITTEN}`,
    `iptables-nft -w -t raw -D PREROUTING -p tcp --dport 443 ${WRITTEN}`,
  ],
  [
    'ufw, whose default denies',
    { software: 'ufw', ...ipt, ...policy },
    {},
    'ufw allow proto tcp from 0.0.0.0/0 to any port 443 comment reach4',
    'ufw delete allow proto tcp from 0.0.0.0/0 to any port 443',
  ],
  [
    'ufw, where a rule of the user denies',
    { software: 'ufw', ...ipt, chain: 'ufw-user-input' },
    {},
    'ufw prepend allow in on eth0 proto tcp from 0.0.0.0/0 to any port 443 comment reach4',
    'ufw delete allow in on eth0 proto tcp from 0.0.0.0/0 to any port 443',
  ],
  [
    'ufw, to a container',
    { software: 'ufw', ...ipt, chain: 'FORWARD', ...policy },
    container,
    'ufw route allow proto tcp from 0.0.0.0/0 to 172.17.0.2 port 8443 comment reach4',
    'ufw route delete allow proto tcp from 0.0.0.0/0 to 172.17.0.2 port 8443',
  ],
  [
    'firewalld, in the zone of the chain',
    { software: 'firewalld', table: 'inet firewalld', chain: 'filter_IN_home-net_post' },
    {},
    `firewall-cmd --zone=home-net --add-${RICH}\nfirewall-cmd --permanent --zone=home-net --add-${RICH}`,
    `firewall-cmd --zone=home-net --remove-${RICH}\nfirewall-cmd --permanent --zone=home-net --remove-${RICH}`,
  ],
  [
    'firewalld, before a rule that denies',
    { software: 'firewalld', table: 'inet firewalld', chain: 'filter_IN_public_deny' },
    {},
    `firewall-cmd --zone=public --add-${RICH.replace('rule family', 'rule priority="-32768" family')}\nfirewall-cmd --permanent --zone=public --add-${RICH.replace('rule family', 'rule priority="-32768" family')}`,
    /^firewall-cmd --zone=public --remove-rich-rule='rule priority="-32768"/u,
  ],
  [
    'firewalld, in the zone of the interface',
    { software: 'firewalld', table: 'inet firewalld', chain: 'filter_INPUT' },
    {},
    `firewall-cmd --zone="$(firewall-cmd --get-zone-of-interface=eth0)" --add-${RICH}\nfirewall-cmd --permanent --zone="$(firewall-cmd --get-zone-of-interface=eth0)" --add-${RICH}`,
    /--remove-rich-rule/u,
  ],
  [
    'Docker, by the port that was published',
    { software: 'docker', ...ipt, chain: 'DOCKER-USER', position: 2 },
    container,
    `iptables -w -I DOCKER-USER 2 ${CT}`,
    `iptables -w -D DOCKER-USER ${CT}`,
  ],
];

describe('the remedy host-firewall', () => {
  test.each(COMMANDS)('%s', (_name, by, decision, change, undo) => {
    const [first] = stepsOf(offer(by, decision));
    expect(first?.[1]).toBe(change);
    if (typeof undo === 'string') expect(first?.[2]).toBe(undo);
    else expect(first?.[2]).toMatch(undo);
  });

  test.each(['nftables', 'iptables-nft', 'docker'] as const)(
    '%s: says how it is kept over a restart',
    (software) => {
      const table = software === 'nftables' ? {} : ipt;
      expect(stepsOf(offer({ software, ...table }))).toHaveLength(2);
    },
  );

  test('nftables: the line in the file has counted nothing', () => {
    const counted = 'meta nfproto ipv4 tcp dport 443 counter packets 12 bytes 720 drop';
    const [, keep] = stepsOf(offer({ rule: counted }));
    const line = 'meta nfproto ipv4 tcp dport 443 counter drop';
    expect(keep?.[1]).toContain(
      `${line} => meta nfproto ipv4 tcp dport 443 accept comment "reach4-tcp-443"\n${line}`,
    );
  });

  test('rules of ufw that come before those of the user are changed in their file', () => {
    const denies = '-A ufw-before-input -p tcp --dport 443 -j DROP';
    const [first] = stepsOf(offer({ software: 'ufw', ...ipt, chain: 'ufw-before-input', rule: denies }));
    const line = '-A ufw-before-input -p tcp --dport 443 -j ACCEPT';
    expect(first?.[1]).toBe(`/etc/ufw/before.rules\n${denies} => ${line}\n${denies}\nufw reload`);
    expect(first?.[2]).toBe(`/etc/ufw/before.rules\n${line} => -\nufw reload`);
  });

  test('UDP is let in as UDP', () => {
    const [first] = stepsOf(offer({}, { port: 27015 }, 'udp://home.example.org:27015'));
    expect(first?.[1]).toContain('meta nfproto ipv4 udp dport 27015 accept');
  });

  test('each rule once, however many addresses it is in the way of', () => {
    const blocked = [{ by: rule({}) }, { by: rule({}), destination: '10.1.2.3' }];
    const evidence = [
      firewallOf(...blocked, { by: rule({ table: 'inet other', handle: 2 }), destination: '10.1.2.4' }),
    ];
    expect(
      stepsOf(offerHostFirewall(caseOf({ evidence }), CONFIRMED)).filter(([, change]) =>
        change.startsWith('nft '),
      ),
    ).toHaveLength(2);
  });

  test('says that a rule for the local network is widened, and that another chain may block', () => {
    const evidence = [firewallOf({ by: rule({}) }, { by: rule({}), source: 'lan', verdict: 'accept' })];
    const { ways, loses } = manual(offerHostFirewall(caseOf({ evidence }), CONFIRMED));
    expect(ways[0]?.steps[0]?.does).toContain('not only the local network');
    expect(loses.join(' ')).toContain('run the diagnosis again');
  });

  test.each([
    ['a chain', { chain: 'in; reboot' }],
    ['a table', { table: 'inet a$(reboot)' }],
    ['a chain that is an option', { software: 'iptables-nft', table: 'filter', chain: '-F' }],
    ['a zone', { software: 'firewalld', chain: 'filter_IN_`reboot`_post' }],
  ] as const)('%s with a name that a shell would read gets into no command', (_name, by) => {
    expect(waysOf(offer(by))).toEqual([
      'ufw, where `ufw status` says active',
      'firewalld, where `firewall-cmd --state` says running',
    ]);
    expect(JSON.stringify(offer(by))).not.toContain('reboot');
  });

  test.each(['suspected', 'ruled-out', 'unknown'] as const)(
    'is not offered where the cause is %s',
    (verdict) => {
      const the = caseOf({ evidence: [firewallOf({ by: rule({}) })] });
      expect(whyNot(offerHostFirewall(the, [{ ...confirmed('host-firewall'), verdict }]))).toBe(
        'not-the-cause',
      );
    },
  );
});
