import { describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/model/cause-code.ts';
import type { EvidenceSet } from './expect.ts';
import { follow, unsettled } from './follow.ts';
import { differences, falsehoods, missingEvidence } from './judged.ts';
import { type RunningWorld, startWorld } from './lab.ts';
import { diagnose, type Found, type LabAgent, startAgent } from './sets.ts';
import { homeIpv4, type World } from './world.ts';
import { WORLDS } from './worlds/index.ts';

/** ms; a world, five diagnoses and up to three more, beside others on two cores. */
const TIMEOUT = 180_000;

/** Where each set is collected, as the diagnosis has to find out by itself. */
const VANTAGE: Partial<Record<EvidenceSet, string>> = { outside: 'outside', lan: 'lan' };

describe.concurrent('worlds are judged as their authors expect', () => {
  // Once more where it fails: real packets, and a machine that others may keep busy past the probes' own time-outs.
  test.each([...WORLDS.values()])('$name', { timeout: TIMEOUT, retry: 1 }, async (world) => {
    await using lab = await startWorld(world);
    const agent = await startAgent(lab);
    // Alone, because the witness on the server would see what the other sets send.
    const first = await diagnose(lab, agent, 'rootAgent');
    const others = await Promise.all(
      setsOf(world)
        .filter((set) => set !== 'rootAgent')
        .map((set) => diagnose(lab, agent, set)),
    );
    const mistakes = [first, ...others].flatMap((found) => mistakesIn(lab, agent, found));

    const followed = await follow(lab, agent, first);
    const settled = [
      ...unsettled(first.diagnosis, followed),
      ...falsehoods(world.expect.truth, followed.last.diagnosis),
    ];
    mistakes.push(...settled.map((line) => `${world.name} · rootAgent, next: ${line}`));
    expect(mistakes.join('\n')).toBe('');
  });
});

describe('what the authors expect', () => {
  test.each([...WORLDS.values()])('$name says nothing false', (world) => {
    const { truth } = world.expect;
    for (const set of setsOf(world)) {
      const expected = world.expect[set]?.verdicts.split(' ') ?? [];
      const causes = CAUSE_CODES.map((code, index) => ({ code, letter: expected[index] }));
      expect(causes.filter(({ code, letter }) => letter === 'C' && !truth.includes(code))).toEqual([]);
      expect(causes.filter(({ code, letter }) => letter === 'R' && truth.includes(code))).toEqual([]);
    }
  });
});

const setsOf = ({ expect: expected }: World): EvidenceSet[] =>
  (['rootAgent', 'userAgent', 'root', 'user', 'outside', 'lan'] as const).filter(
    (set) => expected[set] !== undefined,
  );

function mistakesIn(lab: RunningWorld, agent: LabAgent, found: Found): string[] {
  const { diagnosis, printed, set } = found;
  const expected = lab.world.expect[set];
  if (expected === undefined) return [];
  const vantage = VANTAGE[set] ?? 'server';
  const secret = `${printed}${agent.process.output()}`.includes(agent.token);
  const mistakes = [
    ...differences(expected, found),
    ...falsehoods(lab.world.expect.truth, diagnosis),
    ...missingEvidence(diagnosis),
    ...wrongRecords(lab, found),
    ...(diagnosis.vantage === vantage ? [] : [`vantage: expected ${vantage}, found ${diagnosis.vantage}`]),
    ...(secret ? ["the agent's token was printed"] : []),
  ];
  return mistakes.map((line) => `${lab.world.name} · ${set}: ${line}`);
}

/** Nothing but the home's own working address is ever proposed for a record. */
function wrongRecords(lab: RunningWorld, { diagnosis }: Found): string[] {
  return diagnosis.remedies.flatMap((offer) =>
    offer.remedy === 'a-record'
      ? offer.changes.flatMap(({ to, type }) =>
          to === (type === 'A' ? homeIpv4(lab.world) : lab.address('server', 6))
            ? []
            : [`proposes ${type} ${to}`],
        )
      : [],
  );
}
