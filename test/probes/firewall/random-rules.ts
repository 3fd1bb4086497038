import fc from 'fast-check';

/** Ports that the rules are about; a service listens on each. */
export const PORTS = [22, 80, 443, 8443] as const;

const port = fc.constantFrom<number>(...PORTS, 25, 3000);
const ports = fc.uniqueArray(port, { minLength: 1, maxLength: 3 });
const pick = (...choices: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...choices);
/** Sources that are clear of the two that the test uses, or hold one of them with everything like it. */
const source4 = pick(
  '0.0.0.0/0',
  '10.0.0.0/8',
  '192.168.0.0/16',
  '192.168.7.0/24',
  '1.2.3.4',
  '198.51.100.0/24',
);
const source6 = pick('::/0', '2000::/3', '2001:db8:7::/64', 'fd00::/8', '2a01:4f8::1', 'fe80::/10');

const chainVerdict = fc.oneof(
  { weight: 4, arbitrary: pick('accept', 'drop') },
  { weight: 2, arbitrary: pick('jump first', 'goto first', 'jump second', 'goto second') },
  {
    weight: 1,
    arbitrary: pick(
      'return',
      'continue',
      'meta mark set 0x1',
      'meta mark set meta mark or 0x2',
      'ct mark set 0x5',
      'counter',
      '',
    ),
  },
);
const mapVerdict = pick('accept', 'drop', 'return', 'continue', 'jump first', 'goto second');
const equals = pick('', '!= ');

/** One thing that nft can match on. */
const nftMatch = fc.oneof(
  fc.tuple(equals, port).map(([not, one]) => `tcp dport ${not}${one}`),
  fc.tuple(equals, ports).map(([not, some]) => `tcp dport ${not}{ ${some.join(', ')} }`),
  pick(
    'tcp dport 1-1023',
    'tcp dport >= 1024',
    'tcp dport < 443',
    'th dport 443',
    'tcp sport 1024-65535',
    'tcp sport 53',
  ),
  fc.tuple(equals, source4).map(([not, from]) => `ip saddr ${not}${from}`),
  fc.tuple(equals, source6).map(([not, from]) => `ip6 saddr ${not}${from}`),
  pick(
    'ip saddr { 10.0.0.0/8, 192.168.0.0/16 }',
    'ip saddr @neighbours',
    'ip saddr != @neighbours',
    'ip6 saddr @banned',
  ),
  pick(
    'ip daddr 192.168.7.2',
    'ip daddr != 192.168.7.2',
    'ip daddr 172.17.0.0/16',
    'ip6 daddr 2001:db8:7::2',
  ),
  pick(
    'iifname "eth0"',
    'iifname "eth*"',
    'iifname != "lo"',
    'iif "lo"',
    'iifname { "lo", "docker0" }',
    'oifname "eth0"',
  ),
  pick(
    'meta nfproto ipv4',
    'meta nfproto ipv6',
    'meta l4proto tcp',
    'meta l4proto { tcp, udp }',
    'meta l4proto udp',
    'ip protocol tcp',
    'meta protocol ip6',
  ),
  pick(
    'ct state new',
    'ct state established,related',
    'ct state != new',
    'ct state { new, untracked }',
    'ct state invalid',
    'ct direction original',
    'ct status dnat',
    'ct mark 0x5',
  ),
  pick(
    'tcp flags syn',
    'tcp flags & (fin|syn|rst|ack) == syn',
    'tcp flags & (fin|syn|rst|ack) != syn',
    'tcp flags ack',
    'tcp flags == syn',
  ),
  pick(
    'fib daddr type local',
    'fib daddr . iif type != { local, broadcast }',
    'fib saddr . iif oif missing',
    'meta pkttype host',
  ),
  pick('meta mark 0x1', 'meta mark & 0x3 == 0x2', 'meta mark != 0', 'meta mark 0'),
  pick(
    'limit rate 500/second burst 1000 packets',
    'limit rate over 500/second burst 1000 packets',
    'udp dport 443',
    'icmp type echo-request',
    'meta length < 20',
  ),
  pick(
    'ip saddr . tcp dport { 192.168.7.0/24 . 443, 10.0.0.0/8 . 80 }',
    'meta nfproto . tcp dport { ipv4 . 443, ipv6 . 8443 }',
    'iifname . tcp dport { "eth0" . 80, "eth0" . 443 }',
  ),
);

const nftMap = fc.oneof(
  fc
    .tuple(
      fc.uniqueArray(port, { minLength: 1, maxLength: 4 }),
      fc.array(mapVerdict, { minLength: 4, maxLength: 4 }),
    )
    .map(
      ([keys, verdicts]) =>
        `tcp dport vmap { ${keys.map((key, at) => `${key} : ${verdicts[at]}`).join(', ')} }`,
    ),
  fc.tuple(mapVerdict, mapVerdict).map(([a, b]) => `ct state vmap { new : ${a}, established : ${b} }`),
  fc
    .tuple(mapVerdict, mapVerdict)
    .map(([a, b]) => `ip saddr vmap { 192.168.7.0/24 : ${a}, 10.0.0.0/8 : ${b} }`),
  fc.tuple(mapVerdict, mapVerdict).map(([a, b]) => `iifname vmap { "eth0" : ${a}, "lo" : ${b} }`),
);

const nftRule = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.array(nftMatch, { maxLength: 3 }), chainVerdict)
        .map(([matches, verdict]) => [...matches, verdict].join(' ')),
    },
    { weight: 1, arbitrary: nftMap },
  )
  .map((text) => (text.trim() === '' ? 'counter' : text));

const nftRules = fc.array(nftRule, { maxLength: 5 });
/** `second` is called by `first`, never the other way round. */
const leaf = nftRules.map((rules) =>
  rules.map((rule) => rule.replace(/(?:jump|goto) (?:first|second)/gu, 'return')),
);
const middle = nftRules.map((rules) => rules.map((rule) => rule.replace(/(jump|goto) first/gu, '$1 second')));
const refusal = pick(
  'reject',
  'reject with tcp reset',
  'reject with icmpx admin-prohibited',
  'reject with icmpx port-unreachable',
);

const policy = pick('accept', 'accept', 'drop');
const inputBase = fc
  .tuple(
    pick('input', 'input', 'prerouting', 'output'),
    pick('0', '-10', '5', '-160', '-301'),
    policy,
    nftRules,
    fc.option(refusal),
  )
  .map(([hook, priority, otherwise, rules, last]) => ({
    hook,
    priority,
    policy: hook === 'input' ? otherwise : 'accept',
    rules:
      last === null || hook !== 'input'
        ? rules
        : [...rules, `meta l4proto tcp ${last.replace('reject', 'tcp dport 443 reject')}`],
  }));
const redirect = fc
  .tuple(nftMatch, pick('redirect to :8443', 'redirect to :80', 'accept', 'return'))
  .map((parts) => parts.join(' '));

/** Commands, one each; those that add a rule may be refused, where its parts contradict one another. */
type Commands = readonly string[];

const addRules = (chain: string, rules: readonly string[]): Commands =>
  rules.map((rule) => `nft 'add rule inet made ${chain} ${rule}'`);

/** A ruleset in nft's own words. */
const nftRuleset: fc.Arbitrary<Commands> = fc
  .tuple(
    fc.array(inputBase, { minLength: 1, maxLength: 3 }),
    leaf,
    middle,
    fc.option(fc.array(redirect, { minLength: 1, maxLength: 2 }), { freq: 3 }),
  )
  .map(([bases, second, first, redirects]) => [
    'nft add table inet made',
    "nft 'add set inet made neighbours { type ipv4_addr; flags interval; elements = { 192.168.7.0/24, 10.0.0.1 }; }'",
    "nft 'add set inet made banned { type ipv6_addr; flags interval; elements = { 2a01:4f8::/32, 2001:db8:9::/64 }; }'",
    'nft add chain inet made second',
    'nft add chain inet made first',
    ...addRules('second', second),
    ...addRules('first', first),
    ...bases.flatMap(({ hook, priority, policy: otherwise, rules }, index) => [
      `nft 'add chain inet made base${index} { type filter hook ${hook} priority ${Number(priority) + index}; policy ${otherwise}; }'`,
      ...addRules(`base${index}`, rules),
    ]),
    ...(redirects === null
      ? []
      : [
          "nft 'add chain inet made nat { type nat hook prerouting priority dstnat; }'",
          ...addRules('nat', redirects),
        ]),
  ]);

const not = pick('', '! ');
const iptablesMatch = (is6: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(not, port).map(([no, one]) => `-p tcp -m tcp ${no}--dport ${one}`),
    fc.tuple(not, ports).map(([no, some]) => `-p tcp -m multiport ${no}--dports ${some.join(',')}`),
    pick(
      '-p tcp -m tcp --dport 1:1023',
      '-p tcp --sport 1024:65535',
      '-p tcp',
      '-p udp --dport 443',
      '! -p tcp',
      '-p all',
    ),
    fc.tuple(not, is6 ? source6 : source4).map(([no, from]) => `${no}-s ${from}`),
    is6
      ? pick('-d 2001:db8:7::2', '! -d 2001:db8:7::2', '-d fd00::/8')
      : pick('-d 192.168.7.2', '! -d 192.168.7.2', '-d 172.17.0.0/16'),
    pick(
      '-m conntrack --ctstate NEW',
      '-m conntrack --ctstate RELATED,ESTABLISHED',
      '-m conntrack ! --ctstate NEW',
      '-m state --state INVALID',
      '-m conntrack --ctdir ORIGINAL',
    ),
    pick(
      '-p tcp --syn',
      '-p tcp ! --syn',
      '-p tcp --tcp-flags ALL SYN',
      '-m addrtype --dst-type LOCAL',
      '-m addrtype ! --dst-type LOCAL',
      '-m addrtype --src-type UNICAST',
    ),
    pick(
      '-m mark --mark 0x1',
      '-m mark --mark 0x2/0x3',
      '-m mark ! --mark 0x0',
      '-m limit --limit 500/sec --limit-burst 1000',
      '-m comment --comment "a \\"quoted\\" -j DROP"',
      '-m length --length 0:19',
    ),
    is6
      ? pick('-m iprange --src-range 2001:db8:7::-2001:db8:7:0:ffff:ffff:ffff:ffff')
      : pick('-m iprange --src-range 192.168.7.0-192.168.7.255', '-m iprange --src-range 10.0.0.1-10.0.0.9'),
  );
const target = pick(
  '-j ACCEPT',
  '-j ACCEPT',
  '-j DROP',
  '-j DROP',
  '-j RETURN',
  '-j FIRST',
  '-g FIRST',
  '-j SECOND',
  '-g SECOND',
  '-j MARK --set-xmark 0x1/0x1',
  '-j MARK --set-xmark 0x2/0xffffffff',
  '-j LOG',
  '',
);
const REJECTS = {
  ipv4: [
    '-j REJECT',
    '-p tcp -j REJECT --reject-with tcp-reset',
    '-j REJECT --reject-with icmp-host-prohibited',
  ],
  ipv6: [
    '-j REJECT',
    '-p tcp -j REJECT --reject-with tcp-reset',
    '-j REJECT --reject-with icmp6-adm-prohibited',
  ],
};

const iptablesRules = (is6: boolean): fc.Arbitrary<string[]> =>
  fc.array(
    fc.tuple(fc.array(iptablesMatch(is6), { maxLength: 3 }), target).map((parts) => parts.flat().join(' ')),
    { maxLength: 5 },
  );

const iptablesCommands = (is6: boolean, flavour: string): fc.Arbitrary<Commands> =>
  fc
    .tuple(
      pick('ACCEPT', 'DROP'),
      iptablesRules(is6),
      iptablesRules(is6),
      iptablesRules(is6),
      fc.option(fc.tuple(iptablesMatch(is6), pick(...REJECTS[is6 ? 'ipv6' : 'ipv4']))),
      fc.option(iptablesRules(is6), { freq: 2 }),
    )
    .map(([otherwise, input, first, second, last, mangle]) => {
      const tool = `${is6 ? 'ip6tables' : 'iptables'}-${flavour}`;
      const add = (chain: string, rules: readonly string[]): Commands =>
        rules.map((rule) => `${tool} ${chain === 'PREROUTING' ? '-t mangle ' : ''}-A ${chain} ${rule}`);
      const without = (rules: readonly string[], calls: RegExp): string[] =>
        rules.map((rule) => rule.replace(calls, '-j RETURN'));
      return [
        `${tool} -N FIRST`,
        `${tool} -N SECOND`,
        `${tool} -P INPUT ${otherwise}`,
        ...add('PREROUTING', without(mangle ?? [], /-[jg] (?:FIRST|SECOND)/u)),
        ...add('INPUT', input),
        ...add('INPUT', last === null ? [] : [last.join(' ')]),
        ...add('FIRST', without(first, /-[jg] FIRST/u)),
        ...add('SECOND', without(second, /-[jg] (?:FIRST|SECOND)/u)),
      ];
    });

/** A ruleset of iptables, by one of its two kernel parts. */
const iptablesRuleset: fc.Arbitrary<Commands> = pick('nft', 'legacy').chain((flavour) =>
  fc
    .tuple(iptablesCommands(false, flavour), iptablesCommands(true, flavour))
    .map((families) => families.flat()),
);

/** One, or both at once. */
export const ruleset: fc.Arbitrary<Commands> = fc.oneof(
  nftRuleset,
  iptablesRuleset,
  fc.tuple(nftRuleset, iptablesRuleset).map((both) => both.flat()),
);
