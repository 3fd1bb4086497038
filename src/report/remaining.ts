import type { CauseCode } from '../model/cause-code.ts';
import type { Diagnosis, Verdict } from '../model/diagnosis.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { CAUSE_NAMES } from './causes.ts';
import { prose } from './finding.ts';
import { fine } from './fine.ts';
import { hasNoWayOut, isDown, isNamed } from './known.ts';
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
function open(diagnosis: Diagnosis, setting: Setting): string[] {
  const reasons = new Map<string, CauseCode[]>();
  for (const verdict of diagnosis.verdicts.filter((each) => each.verdict === 'unknown')) {
    const why = whyOpen(verdict, diagnosis, setting);
    reasons.set(why, [...(reasons.get(why) ?? []), verdict.cause]);
  }
  return [...reasons].map(([why, causes]) =>
    capital(`${all(causes.map((cause) => CAUSE_NAMES[cause]))} ${why}`),
  );
}

/** Reasons enough for one line. */
const MAX_REASONS = 2;

function whyOpen(verdict: Verdict, diagnosis: Diagnosis, setting: Setting): string {
  const { cause, because } = verdict;
  const has = (...codes: FindingCode[]): boolean => because.some(({ code }) => codes.includes(code));
  const hiding = because.flatMap((finding) =>
    finding.code === 'hidden-by' || finding.code === 'explained-by' ? finding.args.causes : [],
  );
  if (hiding.length > 0) return `can't be judged while ${whileWords(hiding)}`;
  if (isDown(diagnosis)) return "can't be judged while the service is down";
  if (cause === 'hairpin' && diagnosis.reachable.ipv4 !== 'yes')
    return "can't be judged before it works from outside";
  if (isElsewhere(verdict)) return elsewhere(diagnosis);
  const told = because
    .filter((finding) => !isMoot(finding, because) && !isCondition(finding, diagnosis))
    .map((finding) => said(finding, setting));
  // The line's own address in A, and nothing behind it: that is no reason to look for the fault in DNS.
  if (has('a-is-own')) return `looks right, the fault then lies behind the record: ${told.join('; ')}`;
  const shown = cause === 'dns' ? told : told.slice(0, MAX_REASONS);
  const why = shown.map(small).join('; ') || 'nothing was seen';
  return has('wan-public', 'mapping-right')
    ? `looks right, but isn't proven: ${why}`
    : `can't be judged: ${why}`;
}

/** That a router lists nothing says nothing where the way was seen; that nothing answers doesn't make the line's own address wrong. */
function isMoot({ code }: Finding, because: readonly Finding[]): boolean {
  const has = (other: FindingCode): boolean => because.some((finding) => finding.code === other);
  return (code === 'mapping-not-listed' && has('mapping-right')) || (code === 'a-dead' && has('a-is-own'));
}

/** What is told as a fault of its own. */
const isCondition = ({ code }: Finding, { conditions }: Diagnosis): boolean =>
  conditions.some(({ because }) => because.some((finding) => finding.code === code));

/** An address that is spoken of without its record needs it in front; what can't be worked out, the reason behind. */
function said(finding: Finding, setting: Setting): string {
  const why = finding.code === 'firewall-unclear' && finding.args.why !== '' ? `: ${finding.args.why}` : '';
  return `${finding.code === 'a-dead' ? 'A is ' : ''}${prose(finding, setting).headline}${why}`;
}

/** Findings that say: this is not the server. */
const isNotHere = (finding: Finding): boolean =>
  (finding.code === 'firewall-unread' || finding.code === 'listeners-unread') &&
  finding.args.why === 'not-here';

/** What tells it is a look at the server, and this is somewhere else. */
const isElsewhere = ({ because, next }: Verdict): boolean =>
  because.some(isNotHere) || next?.code === 'run-on-server';

const elsewhere = ({ vantage }: Diagnosis): string =>
  vantage === 'outside'
    ? "can't be judged from outside alone"
    : "can't be judged without a look at the server";

/** As it stands within a sentence; names, acronyms and "A" (the record) keep their capital. */
const small = (text: string): string =>
  /^[A-Z][a-z']+ /u.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** Findings that say "as it should be". */
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

/** Of a layer that is fine, what its reader should know all the same. */
const NOTABLE: readonly FindingCode[] = [
  'overlay-address',
  'observed-through-tunnel',
  'port-inside-set',
  'led-inside',
];

function notes(diagnosis: Diagnosis, page: Page, setting: Setting): string[] {
  return diagnosis.verdicts
    .filter(({ verdict }) => verdict === 'ruled-out')
    .flatMap(({ cause, because }) =>
      because.filter(({ code }) => (cause === 'dns' ? !ROUTINE.includes(code) : NOTABLE.includes(code))),
    )
    .filter(({ code }) => !isExplained(code, diagnosis))
    .map((finding) => prose(finding, setting))
    .flatMap(({ headline, details }) => [
      block(page, `note: ${headline}`, 2, 4),
      ...detailLines(details, page),
    ]);
}

/** What follows from something that is told already: no way back in, no way out. */
function isExplained(code: FindingCode, diagnosis: Diagnosis): boolean {
  if (code === 'a-dead') return diagnosis.verdicts.some((each) => each.cause === 'hairpin' && isNamed(each));
  return code === 'resolver-fails' && hasNoWayOut(diagnosis);
}
