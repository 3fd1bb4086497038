import type { RemedyCode, RemedyOffer } from '../model/remedy-offer.ts';
import { block, columns, fits, type Page, paint } from './page.ts';
import { plural } from './prose/words.ts';

export type ManualOffer = Extract<RemedyOffer, { ways: unknown }>;
/** Remedies that lead around the line's IPv4, and are planned. */
export type AroundOffer = Extract<RemedyOffer, { remedy: 'edge-proxy' | 'tunnel' | 'relay' | 'cdn' }>;

/** What shows what reach4 would make in full, with its price, and changes nothing. */
export const planOf = (code: RemedyCode): string => `reach4 plan --remedy ${code}`;

const AROUND: readonly RemedyCode[] = [
  'edge-proxy',
  'tunnel',
  'relay',
  'cdn',
] satisfies AroundOffer['remedy'][];

export const isAround = (offer: RemedyOffer): offer is AroundOffer => AROUND.includes(offer.remedy);

/** What each remedy does, in a few words. */
export const DOES: Readonly<Record<RemedyCode, string>> = {
  'a-record': 'correct the DNS records',
  'port-forward': 'let the router pass the port on',
  'host-firewall': 'let IPv4 through the firewall',
  listener: 'let the program take IPv4 too',
  hairpin: 'make it work from inside too',
  isp: 'ask the provider',
  'other-tunnels': 'go around it through a tunnel',
  'edge-proxy': 'Cloudflare answers for the name',
  tunnel: 'the server connects to Cloudflare',
  relay: 'a small server elsewhere forwards',
  cdn: 'CloudFront answers for the name',
};

const CARRIES: Readonly<Record<RemedyOffer['carries'], string>> = {
  everything: 'anything',
  web: 'web only',
  tcp: 'TCP only',
  lan: 'home only',
};

/** Where the price depends on what the user has, or on what somebody else answers. */
const OTHER_COST: Partial<Record<RemedyCode, string>> = { isp: 'free to ask', 'other-tunnels': '$0-5/month' };

const costOf = ({ remedy, monthlyUSD }: RemedyOffer): string =>
  monthlyUSD === null
    ? (OTHER_COST[remedy] ?? 'price varies')
    : monthlyUSD === 0
      ? 'free'
      : `$${monthlyUSD}/month`;

function timeOf({ minutes }: RemedyOffer): string {
  // A provider's answer.
  if (minutes === null) return 'days';
  if (minutes < 100) return `${minutes} min`;
  const hours = minutes / 60;
  return hours < 36 ? `${Math.round(hours)} h` : plural(Math.round(hours / 24), 'day');
}

/** Price, what it carries, how long it takes. */
export const offerFacts = (offer: RemedyOffer): string[] => [
  costOf(offer),
  CARRIES[offer.carries],
  timeOf(offer),
];

/** A line for each offer: number, name, what it does, price, what it carries, how long it takes. */
export function offerTable(offers: readonly RemedyOffer[], page: Page): string[] {
  const cells = offers.map((offer, index) => [
    `${index + 1}`,
    offer.remedy,
    DOES[offer.remedy],
    ...offerFacts(offer),
  ]);
  const lines = columns(cells).map((line) => `  ${line}`);
  return lines.every((line) => fits(page, line))
    ? lines.map((line, index) => {
        const name = offers[index]?.remedy ?? '';
        return line.replace(name, paint(page, 'bold', name));
      })
    : cells.map((row) => block(page, row.join('  '), 2, 5));
}
