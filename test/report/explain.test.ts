import { describe, expect, test } from 'vitest';
import { explainText } from '../../src/report/explain.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { DRAWN, diagnosisOf, PLAIN } from './diagnoses.ts';
import { SCENES } from './scenes.ts';

const inFull = (name: keyof typeof SCENES): string => explainText(SCENES[name], SCENES[name].remedies, DRAWN);

describe('a remedy in full', () => {
  test('each way, each step, and what takes it back', () => {
    expect(inFull('dnsAndForward')).toMatchInlineSnapshot(`
      "home.example.org, port 443                            as diagnosed on 2026-11-23

      port-forward: let the router pass the port on (free, anything, 5 min)

        One of these:

        1  the router's own page
           on the router: add a port forward
             in the form "Port forwarding"
               External port:     443
               Internal address:  192.168.77.10
               Internal port:     443
               Protocol:          TCP
           undo:
             in the form "Port forwarding"
               External port 443:  delete

        2  UPnP
           on this server, upnpc: ask the router for it
               upnpc -a 192.168.77.10 443 443 TCP
           undo:
               upnpc -d 443 TCP

      Nothing has been changed.
      "
    `);
  });

  test('a message as it can be sent, which the diagnosis only names', () => {
    const text = 'Dear support team,';
    expect(diagnosisText(SCENES.cgnatAndFirewall, DRAWN)).not.toContain(text);
    expect(inFull('cgnatAndFirewall')).toContain(text);
  });

  test('records, and what sets them', () => {
    const made = diagnosisOf('A missing, the line works from outside');
    const text = explainText(made, made.remedies, PLAIN);
    expect(text).toContain('home.example.org: A (none) -> 81.2.99.2');
    expect(text).toContain('reach4 plan');
  });

  test('everything that is typed or lost stands there', () => {
    for (const { remedies } of Object.values(SCENES)) {
      for (const offer of remedies) {
        if (offer.remedy === 'a-record') continue;
        const flat = explainText({ ...SCENES.healthy, remedies: [offer] }, [offer], PLAIN).replace(
          /\s*\\?\n\s*/gu,
          ' ',
        );
        const ways = 'ways' in offer ? offer.ways : [];
        const steps = ways.flatMap((way) => way.steps);
        const typed = steps.flatMap(({ change, undo }) =>
          [change, undo].flatMap((each) => (each?.kind === 'commands' ? each.commands : [])),
        );
        for (const each of [...typed, ...offer.loses, ...ways.map((way) => way.for)]) {
          expect(flat).toContain(each);
        }
      }
    }
  });
});

test.each(Object.entries(SCENES))(
  '%s names the command for each remedy that it does not show whole',
  (_, made) => {
    const text = diagnosisText(made, PLAIN);
    for (const offer of made.remedies) {
      if (!('ways' in offer)) continue;
      const steps = offer.ways.flatMap((way) => way.steps);
      const more =
        offer.ways.length > 1 || steps.some(({ change, undo }) => undo !== null || change.kind === 'message');
      if (more) expect(text).toContain(`reach4 explain ${offer.remedy}`);
    }
  },
);
