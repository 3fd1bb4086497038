import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import { diagnosisText } from '../../src/report/text.ts';
import { caseOf } from '../support/home.ts';
import { OLD4, WAN4 } from '../support/names.ts';
import { DRAWN, diagnosisOf, MADE, named, PLAIN } from './diagnoses.ts';
import { SCENES } from './scenes.ts';
import { words } from './words.ts';

/** All addresses in a value, however deep. */
const addressesIn = (value: unknown): string[] =>
  JSON.stringify(value).match(/\d+\.\d+\.\d+\.\d+|[0-9a-f]+:[0-9a-f:]*:[0-9a-f:]*/gu) ?? [];

describe.each([...named, ...Object.entries(SCENES)])('%s', (_name, diagnosis) => {
  test('fits into 80 columns, drawn or not', () => {
    for (const page of [DRAWN, PLAIN]) {
      const wide = diagnosisText(diagnosis, page)
        .split('\n')
        .filter((line) => line.length > 80);
      expect(wide).toEqual([]);
    }
  });

  test('says the same words in the same order without drawing, and draws nothing', () => {
    const plain = diagnosisText(diagnosis, PLAIN);
    expect(words(plain)).toEqual(words(diagnosisText(diagnosis, DRAWN)));
    expect(plain).not.toMatch(/[─-╿✕]/u);
  });

  test('has no line ends with spaces, no two empty lines, and one end of line at the end', () => {
    const text = diagnosisText(diagnosis, DRAWN);
    expect(text).not.toMatch(/ \n/u);
    expect(text).not.toMatch(/\n\n\n/u);
    expect(text).toMatch(/[^\n]\n$/u);
  });

  test('shows every address that a named cause rests on', () => {
    const text = diagnosisText(diagnosis, PLAIN).replace(/\n\s+/gu, ' ');
    const accused = diagnosis.verdicts.filter(({ verdict }) => ['confirmed', 'suspected'].includes(verdict));
    for (const address of addressesIn(accused.map(({ because }) => because))) expect(text).toContain(address);
  });

  test('loses no word at 40 columns', () => {
    for (const page of [DRAWN, PLAIN]) {
      const narrow = diagnosisText(diagnosis, { ...page, width: 40 });
      expect(words(narrow)).toEqual(words(diagnosisText(diagnosis, page)));
    }
  });

  test('colour changes nothing but colour', () => {
    const escapeCode = String.fromCharCode(27);
    const colored = diagnosisText(diagnosis, { ...DRAWN, color: true });
    expect(colored.replace(new RegExp(`${escapeCode}\\[[0-9;]*m`, 'gu'), '')).toBe(
      diagnosisText(diagnosis, DRAWN),
    );
  });
});

/** `output.md`: narrow terminals get the same words in the same order, without drawing, and so without overflow. */
test('at 40 columns only commands and single words are wider than the screen', () => {
  const diagnosis = diagnosisOf('A is an earlier address that nobody has; the line works');
  for (const page of [DRAWN, PLAIN]) {
    const wide = diagnosisText(diagnosis, { ...page, width: 40 })
      .split('\n')
      .filter((line) => line.length > 40 && line.trim().includes(' '));
    expect.soft(wide.filter((line) => !/^ +(?:reach4|check) /u.test(line))).toEqual([]);
  }
});

test('nothing was learnt yet when it was interrupted, and it says so', () => {
  const nothing = judge(caseOf({ evidence: [] }), { ...MADE, complete: false });
  expect(diagnosisText(nothing, DRAWN)).toContain('Interrupted');
});

describe('what a reader sees', () => {
  test('no A, the line works', () => {
    const text = diagnosisText(diagnosisOf('A missing, the line works from outside'), DRAWN);
    expect(text).toContain(WAN4);
    expect(text).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6   internet ── ISP ── router ── firewall ── service           works, 24 ms
        IPv4   internet ── DNS ─✕ no A record                                    fails

      Why IPv4 fails

        ✕ DNS: The name has no A record (home.example.org)                   confirmed
            Clients that have only IPv4 get no address from DNS, and give up.
            81.2.99.2 answers as the same service as IPv6, seen from outside
            IPv6 isn't affected: it has a record of its own (AAAA).
            check: dig +norecurse @194.156.163.53 home.example.org A
            check: nc -vz 81.2.99.2 443

        fine: the way in (the service answers from outside), works from inside too

      What makes it work
        1  a-record  correct the DNS records  free  anything  1 min
           home.example.org: A (none) -> 81.2.99.2

      Nothing has been changed. Next:  reach4 plan
      "
    `);
  });

  test('an A that nobody has', () => {
    const text = diagnosisText(diagnosisOf('A is an earlier address that nobody has; the line works'), DRAWN);
    expect(text).toContain(OLD4);
    expect(text).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6   internet ── ISP ── router ── firewall ── service           works, 24 ms
        IPv4   internet ── DNS ─✕ the wrong A record                    fails, 3 tries

      Why IPv4 fails

        ✕ DNS: A is 81.2.99.77; this line is seen as 81.2.99.2               confirmed
            81.2.99.77: no answer at all, 3 of 3 tries, seen from this server
            81.2.99.77: no answer at all, 3 of 3 tries, seen from outside
            81.2.99.2 answers as the same service as IPv6, seen from outside
            IPv6 isn't affected: it has a record of its own (AAAA).
            check: dig +norecurse @194.156.163.53 home.example.org A
            check: nc -vz 81.2.99.77 443

        ? Access from inside (hairpin) can't be judged before it works from outside
        fine: the way in (the service answers from outside)

      What makes it work
        1  a-record  correct the DNS records  free  anything  1 min
           home.example.org: A 81.2.99.77 -> 81.2.99.2

      Nothing has been changed. Next:  reach4 plan
      "
    `);
  });

  test('the same for a pipe', () => {
    expect(
      diagnosisText(diagnosisOf('A is an earlier address that nobody has; the line works'), PLAIN),
    ).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6: internet > ISP > router > firewall > service: works, 24 ms
        IPv4: internet > DNS, stops: the wrong A record: fails, 3 tries

      Why IPv4 fails

        x DNS: A is 81.2.99.77; this line is seen as 81.2.99.2               confirmed
            81.2.99.77: no answer at all, 3 of 3 tries, seen from this server
            81.2.99.77: no answer at all, 3 of 3 tries, seen from outside
            81.2.99.2 answers as the same service as IPv6, seen from outside
            IPv6 isn't affected: it has a record of its own (AAAA).
            check: dig +norecurse @194.156.163.53 home.example.org A
            check: nc -vz 81.2.99.77 443

        ? Access from inside (hairpin) can't be judged before it works from outside
        fine: the way in (the service answers from outside)

      What makes it work
        1  a-record  correct the DNS records  free  anything  1 min
           home.example.org: A 81.2.99.77 -> 81.2.99.2

      Nothing has been changed. Next:  reach4 plan
      "
    `);
  });

  test('all is well', () => {
    expect(diagnosisText(diagnosisOf('A is right and works'), DRAWN)).toMatchInlineSnapshot(`
      "home.example.org, port 443 (TLS)       seen from this server and 1 place outside

        IPv6   internet ── ISP ── router ── firewall ── service           works, 24 ms
        IPv4   internet ── ISP ── router ── firewall ── service           works, 24 ms

        fine: DNS (A is 81.2.99.2, this line's address), the way in (the service
          answers from outside), works from inside too

      IPv4 works. Nothing needs to be changed, and nothing was.
      "
    `);
  });
});
