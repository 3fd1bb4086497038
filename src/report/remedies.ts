import type { Diagnosis } from '../model/diagnosis.ts';
import type { RemedyCode, RemedyOffer } from '../model/remedy-offer.ts';
import { stepLines } from './changes.ts';
import { commandLines, shellWord } from './command.ts';
import { block, columns, fits, type Page, paint } from './page.ts';
import { plural } from './prose/words.ts';

const DOES: Readonly<Record<RemedyCode, string>> = {
  'a-record': 'correct the DNS records',
  'port-forward': 'let the router pass the port on',
  'host-firewall': 'let IPv4 through the firewall',
  listener: 'let the program take IPv4 too',
  hairpin: 'make it work from inside too',
  isp: 'ask the provider',
  'other-tunnels': 'go around it through a tunnel',
};

const CARRIES: Readonly<Record<RemedyOffer['carries'], string>> = {
  everything: 'anything',
  web: 'web only',
  tcp: 'TCP only',
  lan: 'home only',
};

const time = (minutes: number): string => {
  if (minutes < 100) return `${minutes} min`;
  const hours = minutes / 60;
  return hours < 36 ? `${Math.round(hours)} h` : plural(Math.round(hours / 24), 'day');
};

const cost = ({ monthlyUSD }: RemedyOffer): string => (monthlyUSD === 0 ? 'free' : `$${monthlyUSD}/month`);

/** Remedies that are shown in full where no combination says otherwise; the others are named. */
const MAX_SHOWN = 2;

/** What makes it work: a table, what belongs together, and the exact changes. */
export function remedies(diagnosis: Diagnosis, page: Page): string {
  const { remedies: offers, combination, reachable, target } = diagnosis;
  if (offers.length === 0) return '';
  const together = combination;
  const recordLater = together.includes('a-record') && !offers.some(({ remedy }) => remedy === 'a-record');
  const shown =
    together.length > 0
      ? together.flatMap((code) => offers.filter(({ remedy }) => remedy === code))
      : offers.slice(0, MAX_SHOWN);
  const hidden =
    offers.length > shown.length ||
    shown.some((offer) => offer.remedy !== 'a-record' && offer.ways.length > 1);
  return [
    reachable.ipv4 === 'yes' ? 'What sets it right' : 'What makes it work',
    ...table(offers, page),
    ...(together.length < 2
      ? []
      : ['', block(page, `All of these are needed, in this order: ${together.join(', then ')}.`, 2, 4)]),
    ...(recordLater
      ? [block(page, 'a-record comes when the address answers: the next diagnosis then offers it.', 2, 4)]
      : []),
    ...shown.flatMap((offer) => {
      const lines = details(offer, offers.indexOf(offer) + 1, page);
      // The only one needs its name once.
      return offers.length === 1 && offer.remedy === 'a-record' ? lines.slice(1) : ['', ...lines];
    }),
    ...(hidden
      ? [
          '',
          block(page, 'Every way in full:', 2, 4),
          ...commandLines(page, `reach4 diagnose ${shellWord(target.input)} --json`, 4),
        ]
      : []),
  ].join('\n');
}

function table(offers: readonly RemedyOffer[], page: Page): string[] {
  const cells = offers.map((offer, index) => [
    `${index + 1}`,
    offer.remedy,
    DOES[offer.remedy],
    cost(offer),
    CARRIES[offer.carries],
    time(offer.minutes),
  ]);
  const lines = columns(cells).map((line) => `  ${line}`);
  return lines.every((line) => fits(page, line))
    ? lines.map((line, index) => {
        const name = offers[index]?.remedy ?? '';
        return line.replace(name, paint(page, 'bold', name));
      })
    : cells.map((row) => block(page, row.join('  '), 2, 5));
}

function details(offer: RemedyOffer, number: number, page: Page): string[] {
  if (offer.remedy === 'a-record') {
    return [
      `  ${number}  ${paint(page, 'bold', offer.remedy)}`,
      ...offer.changes.map(({ type, from, to }) =>
        block(
          page,
          `${offer.name}: ${type} ${from.length === 0 ? '(none)' : from.join(', ')} -> ${to}`,
          5,
          7,
        ),
      ),
    ];
  }
  const [way, ...others] = offer.ways;
  return [
    block(page, `${number}  ${paint(page, 'bold', offer.remedy)}: ${way?.for ?? ''}`, 2, 5),
    ...(way?.steps ?? []).flatMap((step) => stepLines(step, page)),
    ...('alternatePort' in offer && offer.alternatePort !== null
      ? [block(page, `Until then: port ${offer.alternatePort} of this line can be used.`, 5, 7)]
      : []),
    ...offer.loses.map((text) => block(page, `mind: ${text}`, 5, 7)),
    ...(others.length === 0 ? [] : [block(page, `or: ${others.map((each) => each.for).join('; ')}`, 5, 7)]),
  ];
}
