import type { CauseCode } from '../../src/model/cause-code.ts';
import type { WhyNot } from '../../src/model/choice.ts';
import type { Verdict } from '../../src/model/diagnosis.ts';
import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import type { DecidingRule, FirewallDecision } from '../../src/model/facts/host.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { ManualChange, RemedyOffer } from '../../src/model/remedy-offer.ts';
import { LAN4 } from '../support/names.ts';

/** What the cause says; remedies must not have to ask it why. */
export const confirmed = (cause: CauseCode, ...because: Finding[]): Verdict => ({
  cause,
  verdict: 'confirmed',
  because,
  evidence: [],
  next: null,
});

export const rule = (more: Partial<DecidingRule>): DecidingRule => ({
  software: 'nftables',
  table: 'inet filter',
  chain: 'input',
  rule: 'meta nfproto ipv4 tcp dport 443 drop',
  position: 2,
  handle: 7,
  isPolicy: false,
  ...more,
});

/** What the firewall does to IPv4 from the internet; each in a line of its own. */
export const firewallOf = (
  ...decisions: readonly (Partial<FirewallDecision> & { by: DecidingRule })[]
): Evidence =>
  evidenceSchema.parse({
    id: 'firewall:here:443',
    probe: 'firewall',
    vantage: 'server',
    at: '2026-11-23T21:00:00.000Z',
    ms: 9,
    how: 'sudo nft list ruleset',
    status: 'ok',
    facts: {
      software: [],
      interface: 'eth0',
      decisions: decisions.map((decision) => ({
        family: 'ipv4',
        source: 'internet',
        destination: LAN4,
        port: 443,
        verdict: 'drop',
        path: 'input',
        translatedTo: null,
        unknownBecause: null,
        ...decision,
      })),
    },
  });

type Manual = Extract<RemedyOffer, { ways: unknown }>;

/** An offer that a person carries out; anything else is an error of the test. */
export function manual(offer: RemedyOffer | WhyNot): Manual {
  if (!('ways' in offer)) throw new Error('there is no such offer');
  return offer;
}

/** The offer; that there is none is an error of the test. */
export function made<Made extends RemedyOffer>(outcome: Made | WhyNot): Made {
  if ('code' in outcome) throw new Error(`it isn't offered: ${outcome.code}`);
  return outcome;
}

/** Why it isn't offered; an offer is an error of the test. */
export function whyNot(outcome: RemedyOffer | WhyNot): WhyNot['code'] {
  if (!('code' in outcome)) throw new Error(`${outcome.remedy} is offered`);
  return outcome.code;
}

/** Software and change of every step of a way, short enough to be read in a table. */
export const stepsOf = (offer: RemedyOffer | WhyNot, way = 0): [string, string, string][] =>
  (manual(offer).ways[way]?.steps ?? []).map(({ software, change, undo }) => [
    software,
    short(change),
    undo === null ? '-' : short(undo),
  ]);

export const waysOf = (offer: RemedyOffer | WhyNot): string[] => manual(offer).ways.map((way) => way.for);

function short(change: ManualChange): string {
  switch (change.kind) {
    case 'commands':
      return change.commands.join('\n');
    case 'edit':
      return [
        change.file,
        ...change.edits.map(({ find, replace }) => `${find ?? '+'} => ${replace ?? '-'}`),
        ...change.load,
      ].join('\n');
    case 'form':
      return change.fields.map(({ field, value }) => `${field}: ${value}`).join('\n');
    case 'message':
      return change.text;
  }
}

export const commandsOf = (change: ManualChange | null): string[] => {
  if (change?.kind !== 'commands') throw new Error('these are no commands');
  return change.commands;
};
