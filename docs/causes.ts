import { judge } from '../src/cli/diagnose/judge.ts';
import { CAUSE_CODES, type CauseCode } from '../src/model/cause-code.ts';
import type { ConditionCode, Diagnosis, Verdict } from '../src/model/diagnosis.ts';
import { remediesFor } from '../src/remedies/registry.ts';
import { CAUSE_NAMES, escapes } from '../src/report/causes.ts';
import { settingOf } from '../src/report/finding.ts';
import { isNamed } from '../src/report/known.ts';
import { whatWouldTell } from '../src/report/next.ts';
import type { Page } from '../src/report/page.ts';
import { pathLines, pathOf } from '../src/report/path.ts';
import { reasons } from '../src/report/reasons.ts';
import { remaining } from '../src/report/remaining.ts';
import { diagnosisText } from '../src/report/text.ts';
import { cgnat } from './causes/cgnat.ts';
import { CONDITIONS } from './causes/conditions.ts';
import { dns } from './causes/dns.ts';
import { docstring } from './causes/docstring.ts';
import { hairpin } from './causes/hairpin.ts';
import { caseOfHome, type Example } from './causes/home.ts';
import { hostFirewall } from './causes/host-firewall.ts';
import { ipv6OnlyListener } from './causes/ipv6-only-listener.ts';
import { ispBlock } from './causes/isp-block.ts';
import { portForward } from './causes/port-forward.ts';
import { restsOn } from './causes/rests-on.ts';

const CAUSES: Readonly<Record<CauseCode, readonly Example[]>> = {
  dns,
  cgnat,
  'isp-block': ispBlock,
  'port-forward': portForward,
  'host-firewall': hostFirewall,
  'ipv6-only-listener': ipv6OnlyListener,
  hairpin,
};
const CONDITION_CODES = Object.keys(CONDITIONS) as readonly ConditionCode[];

const PAGE: Page = { width: 80, color: false, drawing: true };
const MADE = { at: new Date('2026-11-23T21:00:01Z'), by: '0.1.0', complete: true };

/** One example, judged. */
interface Shown {
  readonly where: string;
  readonly diagnosis: Diagnosis;
  readonly judged: Pick<Verdict, 'verdict' | 'because' | 'evidence' | 'next'>;
  /** What the report says of it, and of nothing else. */
  readonly report: string;
  /** What would decide, as the report shows it; empty where nothing has to. */
  readonly tells: string;
}

const HEAD = `# Why a server answers over IPv6 and not over IPv4

Generated from the code (\`npm run docs\`): what reach4 says of one home, for each thing that may be found there. The home is
\`home.example.org\` on port 443: a server with the address 192.168.77.10, behind the router 192.168.77.1, on a line that the
internet sees as 81.2.99.2. Where nothing else is said, all of it is right, and it is seen by root on the server and by an
agent outside.

The line with the way in shows where packets stop (✕), or may stop (?); a question mark after a station says that nobody
saw them get past it. IPv6 works, unless its way is shown too. Then comes the verdict on the one cause, with what it rests on; what
stands behind \`check:\` is a command that shows the same.

| verdict   | what it means                                                                                  |
| --------- | ---------------------------------------------------------------------------------------------- |
| confirmed | Nothing else explains what was seen: it fails until this is put right.                         |
| suspected | This may be it, and so may something else. The report names the cheapest look that would tell. |
| unknown   | Nothing was seen of it, or a cause further out hides it.                                       |
| ruled-out | It was seen to let the service through.                                                        |

Where several are confirmed, several have to be put right, or gone around. What to do: [remedies.md](remedies.md). How the
verdicts are reached: [0006-judging.md](decisions/0006-judging.md).
`;

/** The page docs/causes.md. */
export function causesPage(): string {
  return [
    HEAD,
    'The causes, from the internet inwards:\n',
    ...CAUSE_CODES.map((code) => `- [${code}](#${code}): ${CAUSE_NAMES[code]}`),
    '\nWhat must not be taken for one of them:\n',
    ...CONDITION_CODES.map((code) => `- [${code}](#${code}): ${docstring(code, 'causes/conditions')}`),
    '',
    ...CAUSE_CODES.map(causeSection),
    ...CONDITION_CODES.map(conditionSection),
  ].join('\n');
}

/** Every example of a cause, judged. */
export const causeExamples = (code: CauseCode): Shown[] => CAUSES[code].map((each) => ofCause(code, each));

/** Every example of a condition, judged. */
export const conditionExamples = (code: ConditionCode): Shown[] =>
  CONDITIONS[code].map((each) => ofCondition(code, each));

function causeSection(code: CauseCode): string {
  const all = causeExamples(code);
  const verdicts = all.map(({ diagnosis, judged }) => ({ diagnosis, verdict: { ...judged, cause: code } }));
  const [whyNot6] = verdicts.flatMap(({ diagnosis, verdict }) =>
    verdict.verdict === 'confirmed' ? (escapes(verdict, diagnosis) ?? []) : [],
  );
  const cures = new Set(verdicts.flatMap(({ diagnosis, verdict }) => curesOf(verdict, diagnosis)));
  const of = (verdict: Verdict['verdict']): Shown[] => all.filter(({ judged }) => judged.verdict === verdict);
  return [
    `## ${code}\n`,
    `**${capital(CAUSE_NAMES[code])}.** ${docstring(code, 'causes')}\n`,
    ...(whyNot6 === undefined ? [] : [`${whyNot6}\n`]),
    `What makes it work: ${[...cures].map((remedy) => `[${remedy}](remedies.md#${remedy})`).join(', ')}.\n`,
    ...titled('Confirmed', of('confirmed').map(block)),
    ...titled('Suspected', of('suspected').map(block)),
    ...titled("Can't be judged", unknownTable(of('unknown'))),
    ...titled('Ruled out', ruledOut(of('ruled-out'))),
  ].join('\n');
}

const conditionSection = (code: ConditionCode): string =>
  [
    `## ${code}\n`,
    `${docstring(code, 'causes/conditions')}\n`,
    ...conditionExamples(code).map((each) => block(each)),
  ].join('\n');

function ofCause(code: CauseCode, example: Example): Shown {
  const diagnosis = judge(caseOfHome(example), MADE);
  const judged = diagnosis.verdicts.find(({ cause }) => cause === code);
  if (judged === undefined) throw new Error(`the diagnosis has no verdict on ${code}`);
  const alone: Diagnosis = { ...diagnosis, verdicts: [judged], conditions: [] };
  const setting = settingOf(diagnosis);
  const report = isNamed(judged)
    ? [paths(diagnosis), ...reasons(alone, PAGE, setting).slice(1)].join('\n\n')
    : remaining(alone, PAGE, setting);
  return { where: example.where, diagnosis, judged, report, tells: whatWouldTell(alone, PAGE) };
}

function ofCondition(code: ConditionCode, example: Example): Shown {
  const diagnosis = judge(caseOfHome(example), MADE);
  const judged = diagnosis.conditions.find(({ condition }) => condition === code);
  if (judged === undefined) throw new Error(`it is not ${code} where ${example.where}`);
  const alone: Diagnosis = { ...diagnosis, verdicts: [], conditions: [judged] };
  const report =
    code === 'healthy'
      ? diagnosisText(diagnosis, PAGE).trimEnd()
      : [paths(diagnosis), ...reasons(alone, PAGE, settingOf(diagnosis)).slice(1)].join('\n\n');
  return { where: example.where, diagnosis, judged, report, tells: whatWouldTell(alone, PAGE) };
}

/** The way in, which shows where IPv4 stops; that of IPv6 as well, where it doesn't simply work. */
const paths = (diagnosis: Diagnosis): string =>
  pathLines(
    PAGE,
    (['ipv6', 'ipv4'] as const)
      .filter((family) => family === 'ipv4' || diagnosis.reachable.ipv6 !== 'yes')
      .map((family) => [family, pathOf(diagnosis, family)]),
  ).join('\n');

const titled = (title: string, parts: readonly string[]): string[] =>
  parts.length === 0 ? [] : [`### ${title}\n`, ...parts];

/** As the report shows it. */
function block({ where, report, tells, judged, diagnosis }: Shown): string {
  const evidence = restsOn(diagnosis.evidence, judged.evidence);
  const text = tells === '' ? report : `${report}\n\n${tells}`;
  return [
    `#### ${capital(where)}\n`,
    ...(evidence === '' ? [] : [`It rests on ${evidence}.\n`]),
    `\`\`\`text\n${text}\n\`\`\`\n`,
  ].join('\n');
}

function unknownTable(all: readonly Shown[]): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ where, report, tells, judged }) => {
    const told = tells === '' || judged.next === null ? '' : `\`${judged.next.command}\``;
    return `| ${capital(where)} | ${flat(report).replace(/^\? /u, '')} | ${told} |`;
  });
  return ['| what was seen | what the report says | what would tell |', '| --- | --- | --- |', ...rows, ''];
}

function ruledOut(all: readonly Shown[]): string[] {
  if (all.length === 0) return [];
  const rows = all.map(
    ({ where, judged, diagnosis }) =>
      `| ${capital(where)} | ${restsOn(diagnosis.evidence, judged.evidence)} |`,
  );
  // What is simply fine needs no more words.
  const noted = all.filter(({ report }) => report.includes('note: '));
  return ['| what was seen | it rests on |', '| --- | --- |', ...rows, '', ...noted.map(block)];
}

/** One line of a table. */
const flat = (text: string): string => text.replace(/\s+/gu, ' ').replaceAll('|', '\\|').trim();

/** The remedies that are offered where nothing else is wrong. */
const curesOf = (verdict: Verdict, diagnosis: Diagnosis): string[] =>
  remediesFor(diagnosis, [verdict])
    .filter(({ cures }) => cures.includes(verdict.cause))
    .map(({ remedy }) => remedy);

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
