import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis, Verdict } from '../model/diagnosis.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { CAUSE_NAMES } from './causes.ts';
import { prose } from './finding.ts';
import { programName, UNNAMED } from './layers.ts';
import { block, type Page } from './page.ts';
import { whileWords } from './prose/way.ts';
import { all, type Setting } from './prose/words.ts';
import { detailLines } from './reasons.ts';

/** What isn't known says why; what is fine is one line. */
export function remaining(diagnosis: Diagnosis, page: Page, setting: Setting): string {
  return [
    ...open(diagnosis, setting).map((text) => block(page, `? ${text}`, 2, 4)),
    ...fine(diagnosis, page),
    ...notes(diagnosis, page, setting),
  ].join('\n');
}

/** Causes that can't be judged for the same reason share a line. */
function open({ verdicts, reachable }: Diagnosis, setting: Setting): string[] {
  const reasons = new Map<string, CauseCode[]>();
  for (const verdict of verdicts.filter((each) => each.verdict === 'unknown')) {
    const why = whyOpen(verdict, reachable, setting);
    reasons.set(why, [...(reasons.get(why) ?? []), verdict.cause]);
  }
  return [...reasons].map(([why, causes]) =>
    capital(`${all(causes.map((cause) => CAUSE_NAMES[cause]))} ${why}`),
  );
}

/** Reasons enough for one line. */
const MAX_REASONS = 2;

function whyOpen({ cause, because }: Verdict, reachable: Diagnosis['reachable'], setting: Setting): string {
  const hiding = because.flatMap((finding) =>
    finding.code === 'hidden-by' || finding.code === 'explained-by' ? finding.args.causes : [],
  );
  if (hiding.length > 0) return `can't be judged while ${whileWords(hiding)}`;
  if (cause === 'hairpin' && reachable.ipv4 !== 'yes')
    return "can't be judged before IPv4 works from outside";
  const told = because.map((finding) => prose(finding, setting).headline);
  // The line's own address in A, and nothing behind it: that is no reason to look for the fault in DNS.
  if (because.some(({ code }) => code === 'a-is-own')) {
    return `looks right as far as can be seen, the fault then lies behind the record: ${told.join('; ')}`;
  }
  const shown = cause === 'dns' ? told : told.slice(0, MAX_REASONS);
  const why = shown.map(small).join('; ') || 'nothing was seen';
  return because.some(({ code }) => code === 'wan-public')
    ? `looks right, but isn't proven: ${why}`
    : `can't be judged: ${why}`;
}

/** As it stands within a sentence; names, acronyms and "A" (the record) keep their capital. */
const small = (text: string): string =>
  /^[A-Z][a-z']+ /u.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Findings that say "as it should be": two of them are enough for the line that says fine. */
const ROUTINE: readonly FindingCode[] = [
  'a-is-own',
  'a-is-wan',
  'a-rightly-missing',
  'a-is-shared',
  'a-not-own',
  'a-answers',
  'a-is-proxy',
  'cname',
  'target-is-address',
];
const MAX_ROUTINE = 2;

/** All that is fine, in one line: `fine: DNS (…), nginx listens on both families`. */
function fine(diagnosis: Diagnosis, page: Page): string[] {
  const phrases = diagnosis.verdicts
    .filter(({ verdict }) => verdict === 'ruled-out')
    .flatMap((verdict) => phraseOf(verdict, diagnosis) ?? []);
  const unique = [...new Set(phrases)];
  return unique.length === 0 ? [] : [block(page, `fine: ${unique.join(', ')}`, 2, 4)];
}

const IN_THE_WAY = 'the way in (the service answers from outside)';

function phraseOf(verdict: Verdict, diagnosis: Diagnosis): string | null {
  const { cause, because } = verdict;
  if (cause === 'dns') {
    const told = because.flatMap(inDns).slice(0, MAX_ROUTINE);
    return told.length === 0 ? 'DNS' : `DNS (${told.join('; ')})`;
  }
  // Ruled out as the reason for IPv4, but nothing that is fine.
  if (because.some(({ code }) => code === 'nothing-listens')) return null;
  const phrase = because.flatMap((finding) => shortly(finding, diagnosis))[0];
  return phrase ?? FINE[cause];
}

const FINE: Readonly<Record<Exclude<CauseCode, 'dns'>, string>> = {
  cgnat: "the line's own address",
  'isp-block': 'no filter of the provider',
  'port-forward': 'the port forward',
  'host-firewall': "this server's firewall",
  'ipv6-only-listener': 'the listener',
  hairpin: 'access from inside',
};

/** What makes the records right, in a few words. */
function inDns({ code, args }: Finding): string[] {
  switch (code) {
    case 'a-is-own':
      return [`A is ${args.address}, this line's address`];
    case 'a-is-wan':
      return [`A is ${args.address}, the router's own`];
    case 'a-is-shared':
      return [`A is ${args.address}, the provider's`];
    case 'a-rightly-missing':
      return ['no A record, rightly'];
    case 'a-is-proxy':
      return [`A is ${args.address}, an edge of ${args.provider}`];
    case 'a-answers':
      return [`${args.address} answers`];
    case 'a-not-own':
      return [`A is ${args.address}, another address than this line's`];
    case 'cname':
      return [`alias of ${args.canonical}`];
    case 'target-is-address':
      return ['not involved: an address was given'];
    default:
      return [];
  }
}

function subjectOf(diagnosis: Diagnosis): string {
  const name = programName(diagnosis);
  return name === UNNAMED ? 'the program' : name;
}

/** What rules a cause out, in a few words. */
function shortly(finding: Finding, diagnosis: Diagnosis): string[] {
  switch (finding.code) {
    case 'answers-outside':
      return [IN_THE_WAY];
    case 'arrives':
      return finding.args.family === 'ipv4' ? ['IPv4 packets arrive'] : [];
    case 'wan-public':
      return [`public address ${finding.args.wan}`];
    case 'no-nat':
      return [`public address ${finding.args.address} on this server`];
    case 'observed-is-router':
      return [`public address ${finding.args.address}`];
    case 'port-inside-set':
      return [`port ${finding.args.port} is one of this line's`];
    case 'forward-not-needed':
      return ['no port forward needed'];
    case 'firewall-accepts':
      return finding.args.family === 'ipv4' ? ["this server's firewall accepts IPv4"] : [];
    case 'firewall-absent':
      return finding.args.family === 'ipv4' ? ['nothing on this server filters IPv4'] : [];
    case 'listens-both':
      return [`${subjectOf(diagnosis)} listens on both families`];
    case 'published-by-container':
      return [`${subjectOf(diagnosis)} takes both families`];
    case 'works-inside':
      return ['works from inside too'];
    case 'led-inside':
      return [`at home the name leads to ${finding.args.address}`];
    case 'hairpin-not-needed':
      return ['hairpin not needed'];
    default:
      return [];
  }
}

/** Of a layer that is fine, what its reader should know all the same. */
const NOTABLE: readonly FindingCode[] = [
  'overlay-address',
  'observed-through-tunnel',
  'port-inside-set',
  'led-inside',
];

function notes({ verdicts }: Diagnosis, page: Page, setting: Setting): string[] {
  return verdicts
    .filter(({ verdict }) => verdict === 'ruled-out')
    .flatMap(({ cause, because }) =>
      because.filter(({ code }) => (cause === 'dns' ? !ROUTINE.includes(code) : NOTABLE.includes(code))),
    )
    .map((finding) => prose(finding, setting))
    .flatMap(({ headline, details }) => [
      block(page, `note: ${headline}`, 2, 4),
      ...detailLines(details, page),
    ]);
}
