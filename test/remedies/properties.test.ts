import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CAUSE_CODES } from '../../src/model/cause-code.ts';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import {
  firewallFactsSchema,
  listenersFactsSchema,
  routesFactsSchema,
  systemFactsSchema,
} from '../../src/model/facts/host.ts';
import { upnpFactsSchema } from '../../src/model/facts/router.ts';
import {
  type ManualChange,
  type ManualStep,
  type RemedyOffer,
  remedyOfferSchema,
} from '../../src/model/remedy-offer.ts';
import { combinationFor, remediesFor } from '../../src/remedies/registry.ts';
import { caseOf, LINE, SIX, zone } from '../support/home.ts';
import { WAN4 } from '../support/names.ts';
import { fromSchema, HOSTILE } from '../support/schema-arbitrary.ts';
import { syntaxOf } from '../support/shell-words.ts';
import { confirmed } from './scene.ts';

const RUNS = 400;

/** Marks every text that came from the host or the network, and would do harm if a shell read it. */
const MARK = 'FOREIGN';
const foreign = fc
  .tuple(HOSTILE, fc.constantFrom(' ; ', '$(', '`', "'", '"', '\n', ' && ', '|', '>', ' -', '*', '\\'))
  .map(([text, sting]) => `${MARK}${sting}${text}`);

/** What deciding rules and sockets are called on the systems that there are. */
const USUAL = [
  ...['filter', 'inet filter', 'input', 'ufw-user-input', 'eth0', 'Public', 'com.apple/300.Block'],
  ...['DefaultInboundAction Block', 'AllowInboundRules False', 'Block all incoming connections'],
  ...['nginx.exe', 'node', 'launchd', 'System', 'com.docker.backend.exe'],
];
/** Foreign text where the probes of Windows and macOS tell a rule's or a program's name. */
const named = (text: string): string =>
  text.length % 2 === 0
    ? `"${text}" (Name ${text}): Block TCP, profile Any`
    : `/Applications/${text} (Block incoming connections)`;

const probes = {
  system: systemFactsSchema,
  firewall: firewallFactsSchema,
  listeners: listenersFactsSchema,
  routes: routesFactsSchema,
  upnp: upnpFactsSchema,
};

const evidence = fc.tuple(
  ...Object.entries(probes).map(([probe, schema]) =>
    fromSchema(schema, fc.oneof(foreign, fc.constantFrom(...USUAL), foreign.map(named))).map(
      (facts): Evidence =>
        evidenceSchema.parse({
          id: `${probe}:here:hostile`,
          probe,
          vantage: 'server',
          at: '2026-11-23T21:00:00.000Z',
          ms: 1,
          how: probe,
          status: 'ok',
          facts: pointedAtTarget(facts),
        }),
    ),
  ),
);

/** Sockets and decisions of other ports are not looked at. */
function pointedAtTarget(facts: unknown): unknown {
  return JSON.parse(JSON.stringify(facts), (key, value: unknown) => (key === 'port' ? 443 : value));
}

const offers = fc.tuple(evidence, fc.subarray([...CAUSE_CODES])).map(([all, causes]) => {
  const the = caseOf({ evidence: [...LINE, ...SIX, ...zone([WAN4]), ...all] });
  const verdicts = causes.map((cause) => confirmed(cause));
  return { the, verdicts, offers: remediesFor(the, verdicts) };
});

const stepsIn = (made: readonly RemedyOffer[]): ManualStep[] =>
  made.flatMap((offer) => ('ways' in offer ? offer.ways.flatMap(({ steps }) => steps) : []));

/** What a shell reads: commands, and those that check and load a file. */
const shellLines = (change: ManualChange | null): { line: string; syntax: string }[] => {
  if (change?.kind !== 'commands' && change?.kind !== 'edit') return [];
  const lines = change.kind === 'commands' ? change.commands : change.load;
  return lines.map((line) => ({ line, syntax: syntaxOf(change.shell, line) }));
};

function always(
  name: string,
  holds: (made: typeof offers extends fc.Arbitrary<infer T> ? T : never) => void,
): void {
  test(name, () => fc.assert(fc.property(offers, holds), { numRuns: RUNS }));
}

describe('whatever the host and the router say', () => {
  always('an offer is one of the schema', (made) => {
    for (const offer of made.offers) remedyOfferSchema.parse(offer);
  });

  always('nothing that is foreign gets into a command, but as one word in quotes', (made) => {
    for (const { change, undo } of stepsIn(made.offers)) {
      for (const { line, syntax } of [...shellLines(change), ...shellLines(undo)]) {
        expect(syntax).not.toContain(MARK);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }
  });

  always('every change can be taken back, but for a message', (made) => {
    for (const { change, undo } of stepsIn(made.offers)) {
      if (change.kind === 'message') expect(undo).toBeNull();
      else expect(undo?.kind).toBe(change.kind);
    }
  });

  always('an edit is undone by its own lines the other way round', (made) => {
    for (const { change, undo } of stepsIn(made.offers)) {
      if (change.kind !== 'edit' || undo?.kind !== 'edit') continue;
      expect(undo.file).toBe(change.file);
      for (const [index, { find, replace }] of undo.edits.entries()) {
        expect(change.edits[index]?.replace ?? '').toContain(find ?? '');
        if (replace !== null) expect(change.edits[index]?.find).toBe(replace);
      }
    }
  });

  always('what is offered cures each confirmed cause, alone or together', (made) => {
    if (made.offers.length === 0) return;
    const cured = new Set(made.offers.flatMap(({ cures }) => cures));
    const together = combinationFor(made.the, made.verdicts, made.offers);
    if (together.includes('a-record')) cured.add('dns');
    for (const { cause } of made.verdicts) expect(cured, cause).toContain(cause);
    for (const code of together.filter((each) => each !== 'a-record')) {
      expect(made.offers.map(({ remedy }) => remedy)).toContain(code);
    }
  });

  test('the random cases reach every remedy that a person carries out', () => {
    const seen = new Set(fc.sample(offers, RUNS).flatMap((made) => made.offers.map(({ remedy }) => remedy)));
    const all = ['listener', 'host-firewall', 'isp', 'port-forward', 'hairpin', 'other-tunnels'] as const;
    for (const remedy of all) expect(seen).toContain(remedy);
  });
});
