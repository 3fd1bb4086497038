import type { CauseCode, Diagnosis, Next, RemedyOffer, Verdict } from '../model/diagnosis.ts';
import { isHere, type Vantage } from '../model/evidence.ts';
import type { FindingCode } from '../model/finding.ts';
import { prose } from './finding.ts';
import { asTyped, block, columns, type Page, paint, spread } from './page.ts';
import { pathLine, pathOf } from './path.ts';
import { unseen } from './unseen.ts';

const CAUSE_NAMES: Readonly<Record<CauseCode, string>> = {
  dns: 'DNS',
  cgnat: 'carrier-grade NAT',
  'isp-block': "the provider's filter",
  'port-forward': 'port forward',
  'host-firewall': "this server's firewall",
  'ipv6-only-listener': 'IPv6-only listener',
  hairpin: 'hairpin NAT',
};

const PROTOCOLS = { tls: 'TLS', http: 'HTTP', ssh: 'SSH', tcp: 'TCP', udp: 'UDP' } as const;

const HERE: Readonly<Record<Vantage, string>> = {
  server: 'this server',
  lan: 'this network',
  outside: 'this machine, elsewhere on the internet',
  unknown: 'this machine',
};

const RUN_ON: Readonly<Record<Next['runOn'], string>> = {
  server: 'on the server',
  lan: 'on a machine in the same network',
  outside: 'on a machine elsewhere',
  anywhere: 'on any machine',
};

const NEXT: Readonly<Record<Next['code'], string>> = {
  'look-from-outside': 'A look from outside would decide. While `reach4 agent` runs on a machine elsewhere',
  'allow-public-services':
    "The public address of the server's line would help; a public service can tell it. Then",
  'give-ipv4': "The public IPv4 address of the server's line would help; its router's page shows it. Then",
  'say-where-this-runs': 'Where this runs could not be told. Say it',
  'ask-authority': "The zone's own servers would decide",
  'wait-for-caches': 'Ask again when the old copies have run out',
  repeat: 'It came and went; look again',
};

/** The diagnosis for a person: the two paths, what explains them, what helps, and what to type next. */
export function diagnosisText(diagnosis: Diagnosis, page: Page): string {
  const works = diagnosis.reachable.ipv4 === 'yes';
  const sections = [
    header(diagnosis, page),
    [
      pathLine(page, 'ipv6', pathOf(diagnosis, 'ipv6')),
      pathLine(page, 'ipv4', pathOf(diagnosis, 'ipv4')),
    ].join('\n'),
    ...reasons(diagnosis, page, works),
    remaining(diagnosis, page),
    unseen(diagnosis, page),
    diagnosis.remedies.length > 0
      ? remedies(diagnosis.remedies, works ? 'What sets it right' : 'What makes it work', page)
      : '',
    block(page, footer(diagnosis, page, works), 0),
  ];
  return asTyped(page, `${sections.filter((section) => section !== '').join('\n\n')}\n`);
}

function header({ target, evidence, vantage, complete }: Diagnosis, page: Page): string {
  const outside = new Set(
    evidence.flatMap((item) => (!isHere(item) && item.status === 'ok' ? [item.id.split(':')[1]] : [])),
  ).size;
  const places = outside === 0 ? '' : ` and ${outside} place${outside === 1 ? '' : 's'} outside`;
  const subject = `${target.host}, port ${target.port} (${PROTOCOLS[target.protocol]})`;
  const line = spread(page, paint(page, 'bold', subject), `seen from ${HERE[vantage]}${places}`);
  return complete
    ? line
    : `${line}\n${paint(page, 'yellow', 'Interrupted: this is what was learnt so far.')}`;
}

const isNamed = ({ verdict }: Verdict): boolean => verdict === 'confirmed' || verdict === 'suspected';

const FAILS = 'Why IPv4 fails';

/** Titles for what is known of IPv4/IPv6: no more is claimed than was seen. */
const FAILING: Readonly<Record<string, string>> = {
  'no/no': 'Why IPv4 fails, and IPv6 with it',
  'unknown/yes': 'What may keep IPv4 from working',
  'unknown/no': 'What may keep IPv4 from working, and IPv6 fails',
  'unknown/unknown': 'What may keep IPv4 from working',
};

function reasons({ verdicts, evidence, reachable }: Diagnosis, page: Page, works: boolean): string[] {
  const named = verdicts.filter(isNamed);
  if (named.length === 0) return [];
  return [
    works ? 'IPv4 works, but' : (FAILING[`${reachable.ipv4}/${reachable.ipv6}`] ?? FAILS),
    ...named.map((verdict) => reason(verdict, evidence, page)),
  ];
}

function reason(judged: Verdict, evidence: Diagnosis['evidence'], page: Page): string {
  const { cause, verdict, because, next } = judged;
  const [first, ...others] = because.map(prose);
  const mark = verdict === 'confirmed' ? (page.drawing ? '✕' : 'x') : '?';
  const color = verdict === 'confirmed' ? 'red' : 'yellow';
  const title = `${paint(page, color, mark)} ${CAUSE_NAMES[cause]}: ${first?.headline ?? ''}`;
  const details = [
    ...(first?.details ?? []),
    ...others.flatMap(({ headline, details }) => [headline, ...details]),
  ];
  const [titleLine = '', ...more] = block(page, title, 2, 4).split('\n');
  return [
    more.length === 0
      ? spread(page, titleLine, paint(page, color, verdict))
      : [titleLine, ...more.slice(0, -1), spread(page, more.at(-1) ?? '', paint(page, color, verdict))].join(
          '\n',
        ),
    ...details.map((text) => block(page, text, 6, 8)),
    ...checks(judged, evidence).map((how) => block(page, `check: ${how}`, 6, 8)),
    ...(next === null ? [] : nextLines(next, page)),
  ].join('\n');
}

/** Commands by which a person can see the same: the first of each kind of evidence is enough. */
const MAX_CHECKS = 3;

function checks({ evidence: ids }: Verdict, evidence: Diagnosis['evidence']): string[] {
  const cited = ids.flatMap((id) => evidence.find((item) => item.id === id) ?? []);
  const firsts = cited.filter(
    (item, index) =>
      cited.findIndex(({ probe, vantage }) => probe === item.probe && vantage === item.vantage) === index,
  );
  return [...new Set(firsts.map(({ how }) => how))].slice(0, MAX_CHECKS);
}

function nextLines(next: Next, page: Page): string[] {
  return [
    block(page, `${NEXT[next.code]}, ${RUN_ON[next.runOn]}:`, 6, 8),
    `        ${paint(page, 'cyan', next.command)}`,
  ];
}

/** Findings that say "as it should be": two of them are enough for the line that says fine. */
const ROUTINE: readonly FindingCode[] = [
  'a-is-own',
  'a-not-own',
  'a-answers',
  'a-is-proxy',
  'cname',
  'target-is-address',
];
const MAX_ROUTINE = 2;

function fineLines({ cause, because }: Verdict, page: Page): string[] {
  const routine = because.filter(({ code }) => ROUTINE.includes(code)).slice(0, MAX_ROUTINE);
  const notable = because.filter(({ code }) => !ROUTINE.includes(code)).map(prose);
  const why =
    routine.length === 0 ? '' : ` (${routine.map((finding) => prose(finding).headline).join('; ')})`;
  return [
    block(page, `fine: ${CAUSE_NAMES[cause]}${why}`, 2, 4),
    ...notable.flatMap(({ headline, details }) => [
      block(page, `note: ${headline}`, 2, 4),
      ...details.map((text) => block(page, text, 6, 8)),
    ]),
  ];
}

/** The line's own address in A, and nothing behind it: that is no reason to look for the fault in DNS. */
const openWord = (because: Verdict['because']): string =>
  because.some(({ code }) => code === 'a-is-own')
    ? 'looks right as far as can be seen, the fault then lies behind the record'
    : "can't be judged";

/** What is fine in one line; what is unknown says why, and what would tell. */
function remaining({ verdicts }: Diagnosis, page: Page): string {
  const fine = verdicts.filter(({ verdict }) => verdict === 'ruled-out');
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown');
  const unbuilt = unknown.filter(({ because }) => because.some(({ code }) => code === 'not-built'));
  const open = unknown.filter((verdict) => !unbuilt.includes(verdict));
  return [
    ...open.flatMap(({ cause, because, next }) => [
      block(
        page,
        `? ${CAUSE_NAMES[cause]} ${openWord(because)}: ${because.map((finding) => prose(finding).headline).join('; ') || 'nothing was seen'}`,
        2,
        4,
      ),
      ...(next === null ? [] : nextLines(next, page)),
    ]),
    ...fine.flatMap((verdict) => fineLines(verdict, page)),
    ...(unbuilt.length === 0
      ? []
      : [
          block(
            page,
            `not judged by this version: ${unbuilt.map(({ cause }) => CAUSE_NAMES[cause]).join(', ')}`,
            2,
            4,
          ),
        ]),
  ].join('\n');
}

const REMEDIES: Readonly<Record<RemedyOffer['remedy'], string>> = {
  'a-record': 'correct the DNS records',
};

function remedies(offers: readonly RemedyOffer[], title: string, page: Page): string {
  const rows = columns(
    offers.map((offer, index) => [
      `  ${index + 1}`,
      paint(page, 'bold', offer.remedy),
      REMEDIES[offer.remedy],
      offer.monthlyUSD === 0 ? 'free' : `$${offer.monthlyUSD}/month`,
      offer.carries === 'everything' ? 'carries anything' : 'web only',
      `${offer.minutes} min`,
    ]),
  );
  const lines = offers.flatMap(({ changes, name }, index) => [
    block(page, (rows[index] ?? '').trim(), 2, 5),
    ...changes.map(({ type, from, to }) =>
      block(page, `${name}: ${type} ${from.length === 0 ? '(none)' : from.join(', ')} -> ${to}`, 5, 7),
    ),
  ]);
  return [title, ...lines].join('\n');
}

function footer(diagnosis: Diagnosis, page: Page, works: boolean): string {
  const { remedies: offers, verdicts, reachable, target, evidence } = diagnosis;
  if (offers.length > 0) return `Nothing has been changed. Next:  ${paint(page, 'cyan', 'reach4 plan')}`;
  const edge = verdicts.flatMap(({ because }) => because).find(({ code }) => code === 'a-is-proxy');
  if (works && edge?.code === 'a-is-proxy' && !verdicts.some(isNamed)) {
    return `IPv4 reaches the edge of ${edge.args.provider}, as IPv6 does. What the edge gets from the server isn't judged by this version. Nothing was changed.`;
  }
  if (works && !verdicts.some(isNamed)) return 'IPv4 works. Nothing needs to be changed, and nothing was.';
  if (reachable.ipv4 === 'unknown' && !verdicts.some(isNamed)) {
    const untold = "Whether IPv4 works for others can't be told from here. Nothing has been changed.";
    if (evidence.some((item) => item.vantage === 'outside' && item.status === 'ok')) return untold;
    if (verdicts.some(({ next }) => next?.code === 'look-from-outside')) return untold;
    const look = paint(page, 'cyan', `reach4 diagnose ${target.input} --outside http://AGENT:4460`);
    return `${untold}
A look from outside tells: run \`reach4 agent\` on any machine elsewhere, then
  ${look}`;
  }
  if (!works && !verdicts.some(isNamed)) {
    return 'IPv4 fails, and no cause could be named from what was seen. Nothing has been changed.';
  }
  return 'Nothing has been changed.';
}
