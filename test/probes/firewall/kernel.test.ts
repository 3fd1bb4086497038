import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FirewallDecision } from '../../../src/model/facts/host.ts';
import { firewall } from '../../../src/probes/firewall.ts';
import { here } from '../fake-ports.ts';
import { Namespaces } from './namespaces.ts';
import { PORTS, ruleset } from './random-rules.ts';

let world: Namespaces;

beforeAll(async () => {
  world = await Namespaces.create(PORTS);
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

async function decisionsFor(port: number): Promise<FirewallDecision[]> {
  const evidence = await firewall({ port }, world.ports(), here());
  if (evidence.probe !== 'firewall' || evidence.status !== 'ok') throw new Error(JSON.stringify(evidence));
  return evidence.facts.decisions;
}

const say = ({ family, source, port }: FirewallDecision): string => `${family} ${source} ${port}`;

/** What each decision says, and what really happened; where it is unknown, that says nothing. */
async function compare(
  port: number,
): Promise<{ said: string[]; seen: string[]; unknown: number; because: string[] }> {
  const decisions = await decisionsFor(port);
  expect(decisions).toHaveLength(4);
  const outcomes = await Promise.all(
    decisions.map(({ source, family }) => world.connect(source, family, port)),
  );
  const known = decisions
    .map((each, index) => ({ each, seen: outcomes[index] ?? '' }))
    .filter(({ each }) => each.verdict !== 'unknown');
  return {
    said: known.map(({ each }) => `${say(each)} ${told(each, each.verdict)}`),
    seen: known.map(({ each, seen }) => `${say(each)} ${told(each, seen)}`),
    unknown: decisions.length - known.length,
    because: decisions.flatMap(({ unknownBecause }) => unknownBecause ?? []),
  };
}

/** An answer that isn't let out is silence to the client, whatever this machine is told. */
const told = ({ path }: FirewallDecision, verdict: string): string =>
  path === 'output' && verdict !== 'accept' ? 'silence' : verdict;

/** Rulesets in one run; each takes about half a second. */
const RULESETS = 40;
/** Of all decisions; unknown ones come from matches that nothing but the packet itself could answer. */
const UNKNOWN_AT_MOST = 0.1;

test('whatever the rules, the kernel does as it was told', async () => {
  let [unknown, all, refused, lines] = [0, 0, 0, 0];
  const because = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(ruleset, async (commands) => {
      refused += await world.loadEach(commands);
      lines += commands.length;
      for (const result of await Promise.all([compare(443), compare(80)])) {
        expect(result.seen).toEqual(result.said);
        unknown += result.unknown;
        all += 4;
        for (const each of result.because) because.set(each, (because.get(each) ?? 0) + 1);
      }
    }),
    { numRuns: RULESETS, endOnFailure: process.env.SHRINK === undefined },
  );
  // Otherwise, the rulesets would be too plain to show anything.
  expect(refused / lines).toBeLessThan(0.3);
  expect(unknown / all, [...because].join('\n')).toBeLessThanOrEqual(UNKNOWN_AT_MOST);
});
