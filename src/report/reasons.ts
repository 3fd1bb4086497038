import type { Condition, Diagnosis, Verdict } from '../model/diagnosis.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import { type Shell, shellOf } from '../model/shell.ts';
import { transportOf } from '../model/target.ts';
import { systemBehind } from '../model/view/system.ts';
import { escapes, isControl, prefixOf, titleOf } from './causes.ts';
import { checkOf } from './check.ts';
import { commandLines } from './command.ts';
import { prose } from './finding.ts';
import { isNamed } from './known.ts';
import { block, type Page, paint, sentence, spread, table } from './page.ts';
import type { Detail, Prose, Setting } from './prose/words.ts';

/** Titles for what is known of IPv4/IPv6: no more is claimed than was seen. */
const FAILING: Readonly<Record<string, string>> = {
  'no/no': 'Why IPv4 fails, and IPv6 with it',
  'unknown/yes': 'What may keep IPv4 from working',
  'unknown/no': 'What may keep IPv4 from working, and IPv6 fails',
  'unknown/unknown': 'What may keep IPv4 from working',
};
const FAILS = 'Why IPv4 fails';

/** Commands by which a person can see the same: the first of each kind of evidence is enough. */
const MAX_CHECKS = 2;

/** What explains the failure, each with what it rests on: conditions first, then causes, the certain ones first. */
export function reasons(diagnosis: Diagnosis, page: Page, setting: Setting): string[] {
  const { reachable, verdicts } = diagnosis;
  const isDown = diagnosis.conditions.some(({ condition }) => condition === 'service-down');
  // A service that is down answers over neither family: the one says the other.
  const conditions = diagnosis.conditions.filter(
    ({ condition }) => condition !== 'healthy' && !(isDown && condition === 'ipv6-broken'),
  );
  const confirmed = verdicts.filter(({ verdict }) => verdict === 'confirmed');
  const suspected = verdicts.filter(({ verdict }) => verdict === 'suspected');
  if (conditions.length + confirmed.length + suspected.length === 0) return [];
  const title =
    reachable.ipv4 === 'yes' ? 'IPv4 works, but' : (FAILING[`${reachable.ipv4}/${reachable.ipv6}`] ?? FAILS);
  const writer = new Writer(diagnosis, page, setting);
  return [
    title,
    ...conditions.map((condition) => writer.condition(condition)),
    ...confirmed.map((verdict) => writer.verdict(verdict, isBehind(verdict, diagnosis))),
    ...suspected.map((verdict) => writer.verdict(verdict, false)),
  ];
}

/** Verdicts stand in the order in which packets come by. */
function isBehind(verdict: Verdict, { verdicts }: Diagnosis): boolean {
  return verdicts.slice(0, verdicts.indexOf(verdict)).some(isNamed);
}

/** Without what only repeats another finding, or is no evidence beside it. */
function worthTelling({ because, verdict }: Verdict): readonly Finding[] {
  const has = (code: FindingCode): boolean => because.some((finding) => finding.code === code);
  // That a router lists nothing is a hint, and no more than that.
  const isListMoot = verdict === 'confirmed' || has('mapping-right');
  return because.filter(
    ({ code }) =>
      !(code === 'mapping-not-listed' && isListMoot) &&
      !(code === 'alternate-port' && has('other-port-answers')) &&
      !(code === 'wan-private' && has('double-nat')),
  );
}

/** Writes one reason after another, and tells nothing twice. */
class Writer {
  readonly #diagnosis: Diagnosis;
  readonly #page: Page;
  readonly #setting: Setting;
  readonly #told = new Set<string>();

  constructor(diagnosis: Diagnosis, page: Page, setting: Setting) {
    this.#diagnosis = diagnosis;
    this.#page = page;
    this.#setting = setting;
  }

  condition({ condition, verdict, because, evidence }: Condition): string {
    const [first, ...others] = because;
    const lead = first === undefined ? null : prose(first, this.#setting);
    const astray = condition === 'replies-elsewhere' && this.#diagnosis.reachable.ipv6 !== 'no';
    return this.#lines(lead?.headline ?? 'Something else is wrong', verdict, evidence, because, [
      ...(lead?.details ?? []),
      ...this.#rest(others),
      ...(astray ? ["IPv6 isn't affected: it has routes of its own."] : []),
    ]);
  }

  /** @param isInner another cause stops IPv4, or may stop it, before it gets here */
  verdict(judged: Verdict, isInner: boolean): string {
    const title = titleOf(judged, this.#diagnosis.target.port);
    const lead = typeof title === 'string' ? { headline: title, details: [] } : prose(title, this.#setting);
    const others = worthTelling(judged).filter((finding) => finding !== title && !isControl(finding));
    const whyNot6 = judged.verdict === 'confirmed' ? escapes(judged, this.#diagnosis) : null;
    const later = isInner && judged.cause !== 'hairpin' ? ['It matters once IPv4 gets this far.'] : [];
    this.#told.add(lead.headline);
    const known = [...lead.details, ...this.#rest(others)];
    const nothingNew = judged.verdict === 'suspected' && known.length === 0;
    const headline = `${prefixOf(judged, title)}${lead.headline}`;
    return this.#lines(headline, judged.verdict, judged.evidence, judged.because, [
      ...known,
      ...(nothingNew ? ['What is said above fits this as well.'] : []),
      ...(whyNot6 === null ? [] : [whyNot6]),
      ...later,
    ]);
  }

  #rest(findings: readonly Finding[]): Detail[] {
    return findings
      .map((finding): Prose => prose(finding, this.#setting))
      .filter(({ headline }) => !this.#told.has(headline) && this.#told.add(headline))
      .flatMap(({ headline, details }) => [headline, ...details]);
  }

  #lines(
    title: string,
    verdict: string,
    evidence: readonly string[],
    because: readonly Finding[],
    details: readonly Detail[],
  ): string {
    const page = this.#page;
    const sure = verdict === 'confirmed';
    const color = sure ? 'red' : 'yellow';
    const mark = sure ? (page.drawing ? '✕' : 'x') : '?';
    const lines = block(page, `${paint(page, color, mark)} ${title}`, 2, 4).split('\n');
    const last = spread(page, lines.at(-1) ?? '', paint(page, color, verdict));
    return [
      ...lines.slice(0, -1),
      last,
      ...detailLines(details, page),
      ...this.#checks(evidence, because).flatMap(({ how, shell }) => checkLines(how, shell, page)),
    ].join('\n');
  }

  #checks(ids: readonly string[], because: readonly Finding[]): { how: string; shell: Shell }[] {
    // What gave nothing here gives nothing by hand.
    const cited = ids.flatMap((id) => {
      const item = this.#diagnosis.evidence.find((each) => each.id === id);
      return item?.status === 'ok' && item.probe !== 'told' ? [item] : [];
    });
    const firsts = cited.filter(
      (item, index) =>
        cited.findIndex(({ probe, vantage }) => probe === item.probe && vantage === item.vantage) === index,
    );
    const commands = new Map(
      firsts.map((item) => {
        const system = systemBehind(this.#diagnosis, item);
        return [
          checkOf(item, because, system, transportOf(this.#diagnosis.target)),
          shellOf(system),
        ] as const;
      }),
    );
    const shown = [...commands].filter(([how]) => !this.#told.has(how)).slice(0, MAX_CHECKS);
    for (const [how] of shown) this.#told.add(how);
    return shown.map(([how, shell]) => ({ how, shell }));
  }
}

const INDENT = 6;

/** The table first, as it is what the sentences explain. */
export function detailLines(details: readonly Detail[], page: Page): string[] {
  const rows = details.flatMap((detail) =>
    typeof detail === 'object' && 'row' in detail ? [detail.row] : [],
  );
  const others = details.filter((detail) => typeof detail === 'string' || 'quote' in detail);
  return [
    ...table(page, rows, INDENT),
    ...others.map((detail) =>
      typeof detail === 'string'
        ? sentence(page, detail, INDENT)
        : 'quote' in detail
          ? sentence(page, detail.quote, INDENT + 2)
          : '',
    ),
  ];
}

function checkLines(how: string, shell: Shell, page: Page): string[] {
  const [only = '', ...more] = commandLines({ ...page, color: false }, how, INDENT + 'check: '.length, shell);
  return [`${' '.repeat(INDENT)}check: ${only.trimStart()}`, ...more].map((line) => paint(page, 'dim', line));
}
