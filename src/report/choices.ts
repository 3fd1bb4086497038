import { type Choices, type Fit, isProvisioned } from '../model/choice.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { DnsHost } from '../model/view/dns-host.ts';
import { companies, whyNotText } from './choices/why-not.ts';
import { ACCESS, CLIENT_ADDRESS, RUNS } from './choices/words.ts';
import { commandLines, diagnoseAgain } from './command.ts';
import { DOES, offerFacts, planOf } from './offers.ts';
import { asTyped, block, columns, fits as hasRoom, type Page, paint, table } from './page.ts';
import { printable } from './printable.ts';
import { all } from './prose/words.ts';

const INDENT = 5;
const HEADER = ['', 'remedy', 'price', 'carries', 'takes'];

export interface ChoicesShown {
  readonly diagnosis: Pick<Diagnosis, 'target' | 'reachable'>;
  readonly choices: Choices;
  /** Whether a variable of the environment is set. */
  readonly isSet: (variable: string) => boolean;
}

/** What fits, with all that decides between them, and what doesn't, with the reason. */
export function choicesText({ diagnosis, choices: given, isSet }: ChoicesShown, page: Page): string {
  const choices = printable(given, true);
  const { fits, unfit, dns } = choices;
  const [header = '', ...heads] = headLines(fits, page);
  const parts = [
    [
      block(page, paint(page, 'bold', titleOf(diagnosis, fits.length > 0)), 0, 2),
      ...(dns === null ? [] : [block(page, dnsSentence(dns), 2, 4)]),
    ],
    fits.length === 0 ? [] : [header],
    ...fits.map((fit, index) => [
      heads[index] ?? '',
      block(page, DOES[fit.offer.remedy], INDENT),
      ...table(page, factRows(fit, { target: diagnosis.target, dns, isSet }), INDENT),
    ]),
    togetherLines(choices, page),
    unfit.length === 0
      ? []
      : [
          fits.length === 0 ? 'Why not' : "What doesn't fit, and why",
          ...table(
            page,
            unfit.map(({ remedy, because }) => [remedy, whyNotText(because)]),
            2,
          ),
        ],
  ];
  const sections = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return asTyped(page, `${sections.join('\n\n')}\n`);
}

function titleOf({ target, reachable }: ChoicesShown['diagnosis'], isAny: boolean): string {
  const service = `${target.host}, port ${target.port}`;
  if (isAny) return `What fits ${service}`;
  return reachable.ipv4 === 'yes'
    ? `IPv4 works for ${service}: there is nothing to plan`
    : `Nothing fits ${service}, by what was seen`;
}

const dnsSentence = (host: DnsHost): string =>
  host.companies.length === 0
    ? `Where the DNS of ${host.zone} is kept can't be told by its name servers (${companies(host)}).`
    : `The DNS of ${host.zone} is at ${companies(host)}, by its name servers.`;

/** The header, and for each number, name, price, what it carries, how long it takes. */
function headLines(fits: readonly Fit[], page: Page): string[] {
  const rows = fits.map(({ offer }, index) => [`${index + 1}`, offer.remedy, ...offerFacts(offer)]);
  const lines = columns([HEADER, ...rows], GAP).map((line) => `  ${line}`);
  return lines.every((line) => hasRoom(page, line))
    ? lines.map((line, index) => emphasised(line, fits[index - 1]?.offer.remedy ?? '', page))
    : [HEADER.slice(1), ...rows].map((row) => block(page, row.join('  '), 2, INDENT));
}

const GAP = 2;

const emphasised = (line: string, name: string, page: Page): string =>
  line.replace(name, paint(page, 'bold', name));

interface Around extends Pick<ChoicesShown, 'isSet'>, Pick<Choices, 'dns'> {
  readonly target: Diagnosis['target'];
}

function factRows({ offer: { remedy }, how, dnsElsewhere }: Fit, { target, dns, isSet }: Around): string[][] {
  const client = CLIENT_ADDRESS[remedy];
  const facts = [
    ['the server sees', typeof client === 'string' ? client : client(target)],
    ['has to run', RUNS[remedy]],
  ];
  const where = dnsElsewhere === null ? '' : companies(dnsElsewhere);
  if (how === 'by-hand' || !isProvisioned(remedy)) {
    const said = dnsElsewhere === null ? 'says how' : `says what to write at ${where}`;
    return [...facts, ['by hand', `reach4 explain ${remedy} ${said}`]];
  }
  const { text, variable } = ACCESS[remedy](dns);
  const needs = variable === null || isSet(variable) ? text : `${text}; it is not set`;
  return [
    ...facts,
    ['reach4 needs', needs],
    ...(dnsElsewhere === null ? [] : [['by hand', `you write the records at ${where}`]]),
  ];
}

function togetherLines({ together, fits }: Choices, page: Page): string[] {
  if (together.length < 2) return [];
  const others = fits.filter(({ offer }) => !together.includes(offer.remedy));
  const alone =
    others.length === 0
      ? ''
      : ` ${all(others.map(({ offer }) => offer.remedy))} ${others.length === 1 ? 'is' : 'are each'} enough alone.`;
  return [block(page, `Needed together, in this order: ${together.join(', then ')}.${alone}`, 2, 4)];
}

/** How to go on where nothing was chosen. */
export function howToChoose({ fits }: Choices, diagnosis: Diagnosis, page: Page): string {
  if (fits.length === 0) {
    const again = commandLines(page, diagnoseAgain(page, diagnosis), 2);
    return diagnosis.reachable.ipv4 === 'yes'
      ? '\nNothing has been written or changed.\n'
      : `\n${[block(page, 'Nothing has been written or changed. What would tell more, is said by:', 0), ...again].join('\n')}\n`;
  }
  const planned = fits.filter(({ how }) => how === 'planned').map(({ offer }) => planOf(offer.remedy));
  const byHand = fits
    .filter(({ how }) => how === 'by-hand')
    .map(({ offer }) => `reach4 explain ${offer.remedy}`);
  const [why, commands] =
    planned.length > 1
      ? ['To go on, one of:', [...planned, 'reach4 plan --yes   takes the first of them']]
      : planned.length === 1
        ? ['To go on:', planned]
        : ['What fits is done by hand:', byHand];
  const lines = [
    block(page, `Nothing has been written or changed. ${why}`, 0),
    ...commands.map((command) => block(page, command, 2, 4)),
  ];
  return asTyped(page, `\n${lines.join('\n')}\n`);
}
