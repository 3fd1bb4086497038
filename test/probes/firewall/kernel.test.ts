import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FirewallDecision } from '../../../src/model/facts/host.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { here } from '../fake-ports.ts';
import { CONTAINER, Namespaces } from './namespaces.ts';
import { PORTS, ruleset } from './random-rules.ts';

let world: Namespaces;

beforeAll(async () => {
  world = await Namespaces.create(PORTS);
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

async function decisionsFor(port: number, ports: Ports): Promise<FirewallDecision[]> {
  const evidence = await firewall({ port, protocol: 'tcp' }, ports, here());
  if (evidence.probe !== 'firewall' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts.decisions;
}

interface Comparison {
  readonly said: readonly string[];
  readonly seen: readonly string[];
  readonly because: readonly string[];
}

/** What each decision says, and what really happened; one that is unknown says nothing. */
async function compare(port: number, ports: Ports, filtersOutput: boolean): Promise<Comparison> {
  const decisions = await decisionsFor(port, ports);
  expect(decisions).toHaveLength(4);
  const outcomes = await Promise.all(
    decisions.map(({ source, family, verdict }) => world.connect(source, family, port, verdict)),
  );
  const compared = decisions.map((each, index) => {
    const { family, source, path, verdict } = each;
    // An answer that isn't let out is silence to the client, whatever this machine is told; a refusal is an answer too.
    const isSilent = (path === 'output' && verdict !== 'accept') || (filtersOutput && verdict === 'reject');
    const tell = (what: string): string =>
      `${family} ${source} ${port} ${isSilent && what !== 'accept' ? 'drop or reject' : what}`;
    return verdict === 'unknown' ? null : { said: tell(verdict), seen: tell(outcomes[index] ?? '') };
  });
  const known = compared.filter((each) => each !== null);
  return {
    said: known.map(({ said }) => said),
    seen: known.map(({ seen }) => seen),
    because: decisions.flatMap(({ unknownBecause }) => unknownBecause ?? []),
  };
}

/** Rulesets in one run; each takes about half a second. */
const RULESETS = 40;
/** ms; many times what it takes on a machine that does nothing else. */
const PATIENCE = 600_000;
/** Of all decisions; unknown ones come from matches that nothing but the packet itself could answer. */
const UNKNOWN_AT_MOST = 0.1;

test(
  'whatever the rules, the kernel does as it was told',
  async () => {
    let [unknown, all, refused, lines] = [0, 0, 0, 0];
    const because = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(ruleset, async (commands) => {
        refused += await world.loadEach(commands);
        lines += commands.length;
        const ports = world.ports();
        const filtersOutput = commands.some((command) => command.includes('hook output'));
        for (const result of await Promise.all(
          [443, 80].map((port) => compare(port, ports, filtersOutput)),
        )) {
          expect(result.seen).toEqual(result.said);
          unknown += result.because.length;
          all += 4;
          for (const each of result.because) because.set(each, (because.get(each) ?? 0) + 1);
        }
      }),
      { numRuns: RULESETS, endOnFailure: process.env.SHRINK === undefined },
    );
    // Otherwise, the rulesets would be too plain to show anything.
    expect(refused / lines).toBeLessThan(0.3);
    expect(unknown / all, [...because].join('\n')).toBeLessThanOrEqual(UNKNOWN_AT_MOST);
  },
  PATIENCE,
);

/** The same rules for UDP; what only TCP has stays, and matches no datagram. */
const forUdp = (command: string): string =>
  /syn|tcp-flags|tcp flags|tcp-reset|tcp reset/u.test(command)
    ? command
    : command
        .replaceAll(/\btcp (dport|sport)/gu, 'udp $1')
        .replaceAll('-p tcp', '-p udp')
        .replaceAll('-m tcp', '-m udp')
        .replaceAll('l4proto tcp', 'l4proto udp')
        .replaceAll('ip protocol tcp', 'ip protocol udp');

test(
  'and it does so with datagrams',
  async () => {
    let [unknown, accepted, stopped] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(ruleset, async (commands) => {
        await world.loadEach(commands.map(forUdp));
        const ports = world.ports();
        for (const port of [443, 80]) {
          const evidence = await firewall({ port, protocol: 'udp' }, ports, here());
          if (evidence.probe !== 'firewall' || evidence.status !== 'ok')
            throw new Error(JSON.stringify(evidence));
          for (const { source, family, verdict } of evidence.facts.decisions) {
            if (verdict === 'unknown') unknown += 1;
            else if (verdict === 'accept') accepted += 1;
            else stopped += 1;
            const seen = await world.ask(source, family, port);
            const said = verdict === 'unknown' ? seen : verdict === 'accept' ? 'accept' : 'drop';
            expect(`${family} ${source} ${port} ${seen}`).toBe(`${family} ${source} ${port} ${said}`);
          }
        }
      }),
      { numRuns: RULESETS / 2, endOnFailure: process.env.SHRINK === undefined },
    );
    expect(unknown / (unknown + accepted + stopped)).toBeLessThanOrEqual(UNKNOWN_AT_MOST);
    expect(Math.min(accepted, stopped)).toBeGreaterThan(0);
  },
  PATIENCE,
);

const PUBLISHED = `
iptables-restore <<'END'
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8443 -j DNAT --to-destination ${CONTAINER.ipv4}:443
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 -j ACCEPT
-A DOCKER -d ${CONTAINER.ipv4}/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 443 -j ACCEPT
COMMIT
END`;

const INGRESS = `nft 'add table netdev early; add chain netdev early in { type filter hook ingress device DEVICE priority 0; policy drop; }'`;

/** What random rules don't come to. */
test.each<readonly [what: string, rules: string, port: number, expected: Partial<FirewallDecision>]>([
  ['no rules', ':', 443, { verdict: 'accept', path: 'input', by: null }],
  [
    'a published port',
    PUBLISHED,
    8443,
    { verdict: 'accept', path: 'forward', translatedTo: { address: CONTAINER.ipv4, port: 443 } },
  ],
  ['what a published port leaves closed', PUBLISHED, 443, { verdict: 'drop', path: 'input' }],
  [
    'a published port that DOCKER-USER closes',
    `${PUBLISHED}\niptables -I DOCKER-USER -i eth0 -p tcp -m conntrack --ctorigdstport 8443 -j DROP`,
    8443,
    { verdict: 'drop', path: 'forward' },
  ],
  [
    'an answer that is not let out',
    'iptables -A OUTPUT -p tcp --sport 443 -j DROP',
    443,
    { verdict: 'drop', path: 'output' },
  ],
  [
    'a SYN that is let in, and nothing after it',
    'iptables -P INPUT DROP; iptables -A INPUT -p tcp --syn -j ACCEPT',
    443,
    { verdict: 'drop', path: 'input' },
  ],
  [
    'a table that is switched off',
    "nft 'add table inet off { flags dormant; }; add chain inet off in { type filter hook input priority 0; policy drop; }'",
    443,
    { verdict: 'accept', by: null },
  ],
  ['before everything', INGRESS.replace('DEVICE', 'eth0'), 443, { verdict: 'drop', path: 'input' }],
  [
    'before everything, elsewhere',
    INGRESS.replace('DEVICE', 'docker0'),
    443,
    { verdict: 'accept', by: null },
  ],
])('%s', async (_what, rules, port, expected) => {
  await world.load(rules);
  const decisions = await decisionsFor(port, world.ports());
  const ours = decisions.filter(({ family }) => family === 'ipv4');
  expect(ours).toMatchObject([expected, expected]);
  for (const { source, family, verdict } of ours) {
    expect(await world.connect(source, family, port, verdict)).toBe(verdict);
  }
});
