import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressNumber, type Ranges } from '../../../src/probes/firewall/ranges.ts';
import { someoneOnTheInternet } from '../../../src/probes/firewall/strangers.ts';
import { decideByPf } from '../../../src/probes/macos/pf/decide.ts';
import { parseRules } from '../../../src/probes/macos/pf/parse.ts';
import type { Pf } from '../../../src/probes/macos/pf/read.ts';
import { parseServices, prefixOf } from '../../../src/probes/macos/pf/words.ts';

const SERVICES = parseServices('https 443/tcp # web\nssh 22/tcp\n');

interface Setup {
  readonly rules: string;
  readonly nat?: string;
  readonly anchors?: Readonly<Record<string, string>>;
  readonly tables?: Readonly<Record<string, readonly string[]>>;
}

function pfOf({ rules, nat = '', anchors = {}, tables = {} }: Setup): Pf {
  const names = Object.keys(anchors);
  const sets = (main: string) => ({
    rules: new Map(
      Object.entries({ '': main, ...anchors }).map(([path, text]) => [path, parseRules(text, SERVICES)]),
    ),
    anchors: names,
  });
  return {
    filter: sets(rules),
    translation: {
      ...sets(nat),
      rules: new Map([['', parseRules(nat, SERVICES)], ...names.map((name) => [name, []] as const)]),
    },
    skipped: new Set(['lo0']),
    table: (name, _, family) => {
      const all = tables[name]?.map((each) => prefixOf(each));
      return all?.flatMap((each): Ranges => (each?.family === family ? [each.range] : [])) ?? null;
    },
  };
}

const OWN = [
  { interface: 'en0', address: '192.168.7.2', prefixLength: 24 },
  { interface: 'en0', address: '2001:db8:7::2', prefixLength: 64 },
];

function verdict(setup: Setup | string, family: 'ipv4' | 'ipv6' = 'ipv4', port = 443) {
  const { verdict: it, path } = decideByPf(
    {
      family,
      protocol: 'tcp',
      interface: 'en0',
      destination: family === 'ipv4' ? '192.168.7.2' : '2001:db8:7::2',
      port,
      who: someoneOnTheInternet[family],
    },
    pfOf(typeof setup === 'string' ? { rules: setup } : setup),
    OWN,
  );
  return path === 'input' ? it : `${it} ${path}`;
}

describe('pf', () => {
  it.each<readonly [rules: string, expected: string]>([
    ['', 'accept'],
    ['block drop all', 'drop'],
    ['block return in all', 'reject'],
    ['block return-rst(ttl 3) in proto tcp all', 'reject'],
    ['block return-icmp(port-unr, port-unr) in all', 'reject'],
    // The last that matches wins, unless one is quick.
    ['block drop in all\npass in proto tcp from any to any port = 443 flags S/SA keep state', 'accept'],
    ['pass in proto tcp all flags S/SA keep state\nblock drop in all', 'drop'],
    ['block drop in quick all\npass in all flags S/SA keep state', 'drop'],
    [
      'pass in quick proto tcp from any to any port = https flags S/SA keep state\nblock drop in all',
      'accept',
    ],
    // Interfaces, also by what they aren't.
    ['block drop in on en1 all', 'accept'],
    ['block drop in on ! en1 all', 'drop'],
    ['block drop in on ! en0 inet from 192.168.7.0/24 to any', 'accept'],
    // Apple's kernel has no groups.
    ['block drop in on en all', 'accept'],
    // Protocols and what only fragments get.
    ['block drop in proto udp all', 'accept'],
    ['block drop in proto 6 all', 'drop'],
    ['block drop in inet proto icmp all icmp-type echoreq', 'accept'],
    ['block drop in all fragment', 'accept'],
    // Ports.
    ['block drop in proto tcp from any to any port != 22', 'drop'],
    ['block drop in proto tcp from any to any port 400:500', 'drop'],
    ['block drop in proto tcp from any to any port 443 >< 500', 'accept'],
    ['block drop in proto tcp from any to any port 442 >< 500', 'drop'],
    ['block drop in proto tcp from any to any port 443 <> 500', 'accept'],
    ['block drop in proto tcp from any to any port 444 <> 500', 'drop'],
    ['block drop in proto tcp from any to any port < 443', 'accept'],
    ['block drop in proto tcp from any to any port <= 443', 'drop'],
    ['block drop in proto tcp from any to any port > 442', 'drop'],
    ['block drop in proto tcp from any to any port >= 444', 'accept'],
    ['block drop in proto tcp from any to any port = gopher', 'unknown'],
    ['block drop in proto tcp from any port < 1024 to any', 'accept'],
    // Addresses: somebody for whom nobody wrote a rule.
    ['block drop in from 198.51.100.7 to any', 'accept'],
    ['block drop in from 8.8.8.0/24 to any', 'accept'],
    ['block drop in from ! 8.8.8.0/24 to any', 'drop'],
    ['block drop in from 0.0.0.0/1 to any', 'unknown'],
    ['block drop in from any to 192.168.7.2', 'drop'],
    ['block drop in from any to ! 192.168.7.2', 'accept'],
    ['block drop in from any to 192.168.7.1 - 192.168.7.9', 'drop'],
    ['block drop in from any to (en0)', 'drop'],
    ['block drop in from any to (en0:network)', 'drop'],
    ['block drop in from any to (en0:broadcast)', 'unknown'],
    ['block drop in from (en0:network) to any', 'accept'],
    ['block drop in from no-route to any', 'unknown'],
    ['block drop in from urpf-failed to any', 'unknown'],
    ['block drop in from any os "Linux" to any', 'unknown'],
    // Flags: the first packet has SYN alone.
    ['block drop in proto tcp all flags S/SA', 'drop'],
    ['block drop in proto tcp all flags SA/SA', 'accept'],
    ['block drop in proto tcp all flags /SFRA', 'accept'],
    // What can't be told from here, or isn't understood.
    ['block drop in all user = 0', 'unknown'],
    ['block drop in all tagged MINE', 'unknown'],
    ['block drop in all ! tagged MINE', 'unknown'],
    ['block drop in all probability 50%', 'unknown'],
    ['block drop in all quantum 3', 'unknown'],
    ['dummynet in all pipe 1', 'unknown'],
    ['hello', 'unknown'],
    ['}', 'unknown'],
    ['block drop in all user = 0\npass in quick all flags S/SA keep state', 'accept'],
    ['pass in route-to (en1 192.168.9.1) all flags S/SA keep state', 'unknown'],
    [
      'pass in log (all, to pflog0) quick on en0 all flags S/SA keep state (max 100, if-bound) label "a b"',
      'accept',
    ],
    // Without a state the reply and what follows are judged as well.
    ['block drop out all', 'drop output'],
    ['block drop out proto tcp all flags S/SA', 'accept'],
    ['block drop out all\npass in all flags S/SA keep state', 'accept'],
    ['block drop out all\npass in all no state', 'drop output'],
    ['block drop in proto tcp all flags A/A', 'drop'],
    ['scrub in all fragment reassemble\nscrub-anchor "com.apple/*" all fragment reassemble', 'accept'],
  ])('%j: %s', (rules, expected) => {
    expect(verdict(rules)).toBe(expected);
  });

  it('keeps the families apart', () => {
    for (const rules of [
      'block drop in inet all',
      'block drop in inet proto tcp from any to any port = 443',
    ]) {
      expect([verdict(rules), verdict(rules, 'ipv6')]).toEqual(['drop', 'accept']);
    }
    expect([verdict('block drop in inet6 all'), verdict('block drop in inet6 all', 'ipv6')]).toEqual([
      'accept',
      'drop',
    ]);
  });

  it.each<readonly [what: string, setup: Setup, expected: string]>([
    ['goes into an anchor', { rules: 'anchor "a" all', anchors: { a: 'block drop in all' } }, 'drop'],
    [
      'and comes back',
      { rules: 'anchor "a" all\npass in all flags S/SA keep state', anchors: { a: 'block drop in all' } },
      'accept',
    ],
    [
      'unless a rule in it is quick',
      {
        rules: 'anchor "a" all\npass in all flags S/SA keep state',
        anchors: { a: 'block drop in quick all' },
      },
      'drop',
    ],
    [
      'or the anchor is, and something matched',
      {
        rules: 'anchor "a" quick all\npass in all flags S/SA keep state',
        anchors: { a: 'block drop in all' },
      },
      'drop',
    ],
    [
      'but not where nothing did',
      {
        rules: 'anchor "a" quick all\npass in all flags S/SA keep state',
        anchors: { a: 'block drop in proto udp all' },
      },
      'accept',
    ],
    [
      'only where the anchor itself matches',
      { rules: 'anchor "a" on en1 all', anchors: { a: 'block drop in quick all' } },
      'accept',
    ],
    [
      'one below another',
      { rules: 'anchor "a" all', anchors: { a: 'anchor "b" all', 'a/b': 'block drop in all' } },
      'drop',
    ],
    [
      'by its whole name',
      { rules: 'anchor "a" all', anchors: { a: 'anchor "/c" all', c: 'block drop in all' } },
      'drop',
    ],
    [
      'all below, by name',
      {
        rules: 'anchor "a/*" all',
        anchors: { a: 'block drop in quick all', 'a/2': 'block return in all', 'a/1': 'block drop in all' },
      },
      'reject',
    ],
    [
      'not two levels below',
      { rules: 'anchor "a/*" all', anchors: { a: '', 'a/1': '', 'a/1/x': 'block drop in all' } },
      'accept',
    ],
    [
      'in braces',
      { rules: 'anchor all {\n  block drop in all\n}\npass in proto udp all keep state' },
      'drop',
    ],
    [
      'in braces that nobody closed',
      { rules: 'anchor all {\n  pass in all flags S/SA keep state' },
      'unknown',
    ],
    [
      'in circles, and gives up',
      { rules: 'anchor "a" all', anchors: { a: 'anchor "/a" all\nanchor "/a" all' } },
      'unknown',
    ],
    ['with a table', { rules: 'block drop in from any to <t>', tables: { t: ['192.168.7.0/24'] } }, 'drop'],
    [
      'with a table of the other family',
      { rules: 'block drop in from any to <t>', tables: { t: ['::/0'] } },
      'accept',
    ],
    ['with a table that was not read', { rules: 'block drop in from any to <t>' }, 'unknown'],
    [
      'with a translation that passes',
      {
        rules: 'block drop in all',
        nat: 'rdr pass on en0 inet proto tcp from any to any port = 443 -> 127.0.0.1 port 8443',
      },
      'accept',
    ],
    [
      'with one that the rules judge',
      {
        rules: 'block drop in proto tcp from any to any port = 8443',
        nat: 'rdr on en0 inet proto tcp from any to any port = 443 -> 127.0.0.1 port 8443',
      },
      'drop',
    ],
    [
      'the first translation counts',
      {
        rules: '',
        nat: 'no rdr on en0 proto tcp from any to any port = 443\nrdr pass on en0 inet proto tcp from any to any -> 127.0.0.1',
      },
      'accept',
    ],
    [
      'with a choice of translations',
      { rules: '', nat: 'rdr on en0 inet proto tcp from any to any -> { 10.0.0.1, 10.0.0.2 } round-robin' },
      'unknown',
    ],
    ['with binat', { rules: '', nat: 'binat on en0 inet from 10.0.0.1 to any -> 192.168.7.2' }, 'unknown'],
    [
      'with nat for what it sends',
      {
        rules: 'pass in all flags S/SA keep state',
        nat: 'nat on en0 inet from 192.168.64.0/24 to any -> (en0)',
      },
      'accept',
    ],
    [
      'with nat that takes its replies',
      { rules: '', nat: 'nat on en0 inet from any to any -> (en0)' },
      'unknown',
    ],
  ])('%s', (_, setup, expected) => {
    expect(verdict(setup)).toBe(expected);
  });

  it('gives a decision for any text, and soon', () => {
    const word = fc.constantFrom(
      ...'pass block drop return in out quick on ! en0 inet inet6 proto tcp all from any to port = 443 >< <t> (en0) { } anchor "a/*" flags S/SA keep state rdr -> nat no log ( " / - 10.0.0.0/8 ::/0'.split(
        ' ',
      ),
      '\n',
    );
    const text = fc
      .array(fc.oneof({ weight: 8, arbitrary: word }, fc.string()), { maxLength: 60 })
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(text, text, (rules, inner) => {
        const decision = verdict({ rules, nat: rules, anchors: { a: inner, 'a/b': rules } });
        expect(decision).toMatch(/^(?:accept|drop|reject|unknown)(?: output)?$/u);
      }),
      { numRuns: 50 },
    );
  });

  /** A rule whose meaning the test knows without the parser. */
  const rule = fc.record({
    blocks: fc.boolean(),
    quick: fc.boolean(),
    family: fc.constantFrom<'ipv4' | 'ipv6' | null>('ipv4', 'ipv6', null),
    port: fc.constantFrom<number | null>(443, 80, null),
  });
  it('decides as pf does where every rule either matches or not', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 12 }),
        fc.constantFrom('ipv4' as const, 'ipv6' as const),
        (rules, family) => {
          const text = rules
            .map(({ blocks, quick, family: of, port }) =>
              [
                blocks ? 'block drop in' : 'pass in',
                quick ? 'quick' : '',
                of === null ? '' : of === 'ipv4' ? 'inet' : 'inet6',
                port === null ? 'all' : `proto tcp from any to any port = ${port}`,
                blocks ? '' : 'flags S/SA keep state',
              ]
                .filter((part) => part !== '')
                .join(' '),
            )
            .join('\n');
          const fitting = rules.filter(
            (each) => (each.family ?? family) === family && (each.port ?? 443) === 443,
          );
          const decides = fitting.find(({ quick }) => quick) ?? fitting.at(-1);
          const expected = decides?.blocks === true ? 'drop' : 'accept';
          // Where no rule keeps a state, what comes after the first packet is judged by the same rules.
          expect(verdict(text, family)).toBe(expected);
        },
      ),
    );
  });

  it('reads the addresses of rules as numbers', () => {
    expect(prefixOf('192.0.2.0/24')?.range[0]).toBe(addressNumber('192.0.2.0')?.value);
    expect([prefixOf('192.0.2.0/33'), prefixOf('x'), prefixOf('1.2.3')]).toEqual([null, null, null]);
  });
});
