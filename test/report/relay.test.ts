import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { RemedyOffer } from '../../src/model/remedy-offer.ts';
import { offerRelay } from '../../src/remedies/relay.ts';
import { explainText } from '../../src/report/explain.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { confirmed, made } from '../remedies/scene.ts';
import { caseOf, LINE, SIX, zone } from '../support/home.ts';
import { PLAIN } from './diagnoses.ts';
import { SCENES } from './scenes.ts';

const RELAY: RemedyOffer = made(
  offerRelay(caseOf({ evidence: [...LINE, ...SIX, ...zone([])] }), [confirmed('cgnat')]),
);

const offering = (...remedies: RemedyOffer[]): Diagnosis => ({
  ...SCENES.cgnatAndFirewall,
  remedies,
  combination: [],
});
const after = (heading: string, text: string): string => text.slice(text.indexOf(heading));

describe('a relay', () => {
  test('stands in the table with its price, and says what it does, what to mind and what to type', () => {
    const text = diagnosisText(offering(RELAY), PLAIN);
    expect(after('What makes it work', text)).toMatchInlineSnapshot(`
      "What makes it work
        1  relay  a small server elsewhere forwards  $5/month  anything  4 min

        1  relay: a host at AWS with an IPv4 address of its own, which forwards to
           home.example.org over IPv6
           mind: The server sees the relay as the client of every IPv4 user, unless
             its program takes the PROXY protocol.
           mind: It needs an account at AWS, and is one more host that has to be up.
           mind: IPv4 users take a detour by that host; IPv6 users go straight to
             the server as before.
           in full: reach4 explain relay

      Nothing has been changed. Next:  reach4 plan
      "
    `);
  });

  test('comes after what puts the cause right, and has its own next command', () => {
    const [fixing] = SCENES.cgnatAndFirewall.remedies;
    if (fixing === undefined) throw new Error('the scene has no remedy');
    const text = diagnosisText(offering(fixing, RELAY), PLAIN);
    expect(text).toMatch(
      /when you have made the change:[\s\S]*or, for what reach4 can make instead: {2}reach4 plan\n/u,
    );
  });

  test('in full: all that it loses, and the plan', () => {
    expect(explainText(offering(RELAY), [RELAY], PLAIN)).toMatchInlineSnapshot(`
      "home.example.org, port 443                            as diagnosed on 2026-11-23

      relay: a small server elsewhere forwards ($5/month, anything, 4 min)
        a host at AWS with an IPv4 address of its own, which forwards to
          home.example.org over IPv6.
        mind: The server sees the relay as the client of every IPv4 user, unless its
          program takes the PROXY protocol.
        mind: It needs an account at AWS, and is one more host that has to be up.
        mind: IPv4 users take a detour by that host; IPv6 users go straight to the
          server as before.
        mind: The price includes 1 TB of traffic a month (what is relayed counts
          twice, in and out); each GB out beyond is $0.09 or more.
        mind: HTTP/3 runs over UDP, which is relayed where the server offers it,
          without the addresses of users.
        Next, to see it planned; nothing is made by it:  reach4 plan --remedy relay

      Nothing has been changed.
      "
    `);
  });
});
