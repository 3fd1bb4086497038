import { describe, expect, test } from 'vitest';
import { judge } from '../../src/cli/diagnose/judge.ts';
import type { WhyNot } from '../../src/model/choice.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { choicesFor } from '../../src/remedies/choices.ts';
import { whyNotText } from '../../src/report/choices/why-not.ts';
import { choicesText, howToChoose } from '../../src/report/choices.ts';
import type { Page } from '../../src/report/page.ts';
import { delegation } from '../support/evidence.ts';
import { firewall, listeners, routes, upnp } from '../support/evidence-host.ts';
import { caseOf, deadOutside, LINE, outside, type Scene, SIX, zone } from '../support/home.ts';
import { NAME, OLD4, STABLE6, WAN4 } from '../support/names.ts';
import { MADE, PLAIN } from './diagnoses.ts';

const diagnosed = (scene: Scene): Diagnosis => judge(caseOf(scene), MADE);
const GANDI = delegation(['ns-12-a.gandi.net', 'ns-7-b.gandi.net']);
const HOME = [...LINE, ...SIX, routes(), listeners()];
const SHARED = diagnosed({
  evidence: [...HOME, ...zone([]), upnp('100.64.9.7'), firewall('drop'), deadOutside(WAN4), GANDI],
});
const WRONG_A = [...HOME, ...zone([OLD4]), deadOutside(OLD4), outside(WAN4)];

const page = (more: Partial<Page>): Page => ({ ...PLAIN, ...more });
const text = (diagnosis: Diagnosis, on: Page = PLAIN, set: readonly string[] = []): string => {
  const choices = choicesFor(diagnosis);
  const isSet = (variable: string): boolean => set.includes(variable);
  return choicesText({ diagnosis, choices, isSet }, on) + howToChoose(choices, diagnosis, on);
};
const words = (shown: string): string => shown.replaceAll(/\s+/gu, ' ');

describe('the choices', () => {
  test('each with price, protocols, time, whom the server sees, what runs, and who does it; then what does not fit', () => {
    expect(text(SHARED)).toMatchInlineSnapshot(`
      "What fits home.example.org, port 443
        The DNS of example.org is at Gandi, by its name servers.

           remedy         price        carries   takes

        1  host-firewall  free         anything  2 min
           let IPv4 through the firewall
           the server sees   the users' own addresses
           has to run        nothing more: a rule on the server
           by hand           reach4 explain host-firewall says how

        2  isp            free to ask  anything  days
           ask the provider
           the server sees   the users' own addresses
           has to run        nothing more
           by hand           reach4 explain isp says how

        3  other-tunnels  $0-5/month   TCP only  30 min
           go around it through a tunnel
           the server sees   the tunnel; the addresses of users are lost
           has to run        a program on the server, and a host or a service
                             elsewhere that it leads to
           by hand           reach4 explain other-tunnels says how

        4  relay          $5/month     anything  4 min
           a small server elsewhere forwards
           the server sees   the relay, or the users' own addresses where the program
                             takes the PROXY protocol
           has to run        a host at AWS, which reach4 makes; nothing on the server
           reach4 needs      an account at AWS, and its credentials here
           by hand           you write the records at Gandi

        Needed together, in this order: host-firewall, then isp. other-tunnels and
          relay are each enough alone.

      What doesn't fit, and why
        a-record     no public IPv4 address was seen to answer as the service, so
                     there is none to point it to
        edge-proxy   the DNS of example.org is at Gandi, and this needs it at
                     Cloudflare
        tunnel       the DNS of example.org is at Gandi, and this needs it at
                     Cloudflare

      Nothing has been written or changed. To go on:
        reach4 plan --remedy relay
      "
    `);
  });

  test('a single one, and what reach4 lacks for it', () => {
    const diagnosis = diagnosed({ evidence: [...WRONG_A, delegation(['ada.ns.cloudflare.com'])] });
    expect(text(diagnosis)).toMatchInlineSnapshot(`
      "What fits home.example.org, port 443
        The DNS of example.org is at Cloudflare, by its name servers.

           remedy    price  carries   takes

        1  a-record  free   anything  1 min
           correct the DNS records
           the server sees   the users' own addresses
           has to run        nothing more
           reach4 needs      CLOUDFLARE_API_TOKEN with the rights Zone:Read and
                             DNS:Edit; it is not set

      What doesn't fit, and why
        edge-proxy   the service answers at 81.2.99.2 already, so nobody needs a
                     detour
        tunnel       the service answers at 81.2.99.2 already, so nobody needs a
                     detour
        relay        the service answers at 81.2.99.2 already, so nobody needs a
                     detour

      Nothing has been written or changed. To go on:
        reach4 plan --remedy a-record
      "
    `);
    expect(text(diagnosis, PLAIN, ['CLOUDFLARE_API_TOKEN'])).not.toContain('is not set');
  });

  test('what is to be written by hand, where the zone is kept elsewhere', () => {
    const shown = words(text(diagnosed({ evidence: [...WRONG_A, GANDI] })));
    expect(shown).toContain('by hand reach4 explain a-record says what to write at Gandi');
    expect(shown).toContain('What fits is done by hand: reach4 explain a-record');
    expect(shown).not.toContain('reach4 plan');
  });

  test('nothing to choose from: that it works, or what would tell more', () => {
    const works = words(text(diagnosed({ evidence: [...HOME, ...zone([WAN4]), outside(WAN4)] })));
    expect(works).toContain(`IPv4 works for ${NAME}, port 443: there is nothing to plan`);
    expect(works).toMatch(/Nothing has been written or changed\. $/u);
    const unseen = words(text(diagnosed({ evidence: [...HOME, ...zone([WAN4])] })));
    expect(unseen).toContain(`Nothing fits ${NAME}, port 443, by what was seen`);
    expect(unseen).toMatch(/reach4 diagnose https:\/\/home\.example\.org $/u);
  });

  test('a UDP service loses the addresses of its users', () => {
    const shown = words(text(diagnosed({ target: `udp://${NAME}:27015`, evidence: SHARED.evidence })));
    expect(shown).toContain('the server sees the relay; the addresses of IPv4 users are lost');
  });
});

describe('on any screen', () => {
  test.each([20, 40, 60, 80, 120])('%s columns: nothing is cut off or stands out', (width) => {
    for (const diagnosis of [SHARED, diagnosed({ evidence: WRONG_A }), diagnosed({ evidence: HOME })]) {
      const tooLong = text(diagnosis, page({ width }))
        .split('\n')
        .filter((line) => line.length > Math.max(Math.min(width, 80), 34) && !/\S{20}/u.test(line));
      expect(tooLong).toEqual([]);
    }
  });

  test('narrow or wide: the same words in the same order', () => {
    const plain = (width: number): string => words(text(SHARED, page({ width }))).replaceAll(/[:,]/gu, '');
    expect(plain(40)).toBe(plain(120));
    expect(plain(80)).toBe(plain(120));
  });

  test('colour adds nothing but colour, and commands are as this reader types them', () => {
    const colored = text(SHARED, page({ color: true }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours
    expect(colored.replaceAll(/\u001b\[\d+m/gu, '')).toBe(text(SHARED));
    expect(text(SHARED, page({ command: 'npm start --' }))).toContain('npm start -- plan --remedy relay');
  });

  test('names from others can do nothing to it', () => {
    const hostile = delegation(['ns1.example.org\u001b[2J', 'ns2.example.org']);
    expect(text(diagnosed({ evidence: [...WRONG_A, hostile] }))).not.toContain('\u001b');
  });
});

const HOST = {
  zone: 'example.org',
  providers: [],
  companies: ['Gandi'],
  nameServers: ['ns-12-a.gandi.net'],
  certain: true,
};

describe('why not, in words', () => {
  test.each<[WhyNot, RegExp]>([
    [
      { code: 'dns-elsewhere', host: HOST, needs: ['cloudflare'] },
      /^the DNS of example\.org is at Gandi, and this needs it at Cloudflare$/u,
    ],
    [
      { code: 'dns-elsewhere', host: HOST, needs: ['cloudflare', 'route53'] },
      /needs it at Cloudflare or Route 53$/u,
    ],
    [
      { code: 'not-the-cause', causes: ['cgnat', 'isp-block'], suspected: [] },
      /or the provider's filter isn't confirmed/u,
    ],
    [
      { code: 'not-the-cause', causes: ['port-forward'], suspected: ['port-forward'] },
      /^the router's port forward is only suspected/u,
    ],
    [
      { code: 'leaves', causes: ['host-firewall', 'cgnat'] },
      /leave the server's firewall and the line's own address/u,
    ],
    [
      { code: 'not-carried', carries: 'web', protocol: 'ssh' },
      /HTTP and HTTPS only, and the service speaks SSH$/u,
    ],
    [{ code: 'not-public', address: STABLE6 }, /^2a0b:4341:7700::10 is no public address/u],
    [{ code: 'records-unknown', type: 'AAAA' }, /what the AAAA records are$/u],
    [{ code: 'behind-edge', provider: 'Fastly' }, /edge of Fastly already$/u],
    [{ code: 'ipv6-fails' }, /not seen to answer over IPv6 either/u],
    [
      { code: 'dns-elsewhere', host: { ...HOST, companies: [], certain: false }, needs: ['cloudflare'] },
      /^this needs the DNS of example\.org at Cloudflare, and its name servers \(ns-12-a\.gandi\.net\) don't show that$/u,
    ],
    [{ code: 'not-in-diagnosis' }, /reach4 diagnose again tells$/u],
  ])('%j', (why, expected) => {
    expect(whyNotText(why)).toMatch(expected);
  });
});
