import type { Diagnosis } from '../model/diagnosis.ts';
import type { ManualStep, RemedyOffer } from '../model/remedy-offer.ts';
import { messageLines, stepHead, stepLines } from './changes.ts';
import { type AroundOffer, isAround, type ManualOffer, offerTable } from './offers.ts';
import { block, type Page, paint } from './page.ts';

/** Lines of a way that is shown at once; a longer one is named, and shown in full when asked for. */
const MAX_WAY_LINES = 18;
/** Lines of a message that is shown at once. */
const MAX_MESSAGE_LINES = 4;
/** What each loses: the first are those of the way that is shown. */
const MAX_LOSSES = 3;
/** Of each where several are done together: their ways and losses are shown in full when asked for. */
const MAX_LOSSES_TOGETHER = 1;

const INDENT = 5;

/** What makes it work: a table, what belongs together, and how the first of it is done. */
export function remedies(diagnosis: Diagnosis, page: Page): string {
  const { combination, reachable } = diagnosis;
  const offers = inOrder(diagnosis);
  if (offers.length === 0) return '';
  const recordLater = combination.includes('a-record') && !offers.some(({ remedy }) => remedy === 'a-record');
  const suspects = diagnosis.verdicts.some(
    ({ cause, verdict }) => cause !== 'hairpin' && verdict === 'suspected',
  );
  const mayLack = suspects && diagnosis.verdicts.some(({ verdict }) => verdict === 'confirmed');
  const done = Math.max(1, combination.filter((code) => offers.some(({ remedy }) => remedy === code)).length);
  return [
    reachable.ipv4 === 'yes' ? 'What sets it right' : 'What makes it work',
    ...offerTable(offers, page),
    ...(combination.length < 2
      ? []
      : ['', block(page, `All of these are needed, in this order: ${combination.join(', then ')}.`, 2, 4)]),
    ...(recordLater
      ? [block(page, 'a-record comes when the address answers: the next diagnosis then offers it.', 2, 4)]
      : []),
    ...(mayLack ? ['', block(page, 'What is suspected above may have to be put right as well.', 2, 4)] : []),
    ...offers.flatMap((offer, index) => {
      const lines = details(offer, index + 1, { withSteps: index < done, isAlone: done === 1 }, page);
      // The only one needs its name once.
      return offers.length === 1 && offer.remedy === 'a-record' ? lines.slice(1) : ['', ...lines];
    }),
  ].join('\n');
}

/** What has to be done together first, in its order. */
export const inOrder = ({ remedies: offers, combination }: Diagnosis): RemedyOffer[] => [
  ...combination.flatMap((code) => offers.filter(({ remedy }) => remedy === code)),
  ...offers.filter(({ remedy }) => !combination.includes(remedy)),
];

/** @param withSteps how it is done, not only what it loses. @param isAlone nothing else has to be done with it */
function details(
  offer: RemedyOffer,
  number: number,
  { withSteps, isAlone }: { withSteps: boolean; isAlone: boolean },
  page: Page,
): string[] {
  if (offer.remedy === 'a-record') {
    return [`  ${number}  ${paint(page, 'bold', offer.remedy)}`, ...recordLines(offer, page)];
  }
  if (isAround(offer)) return aroundDetails(offer, number, isAlone, page);
  const [way, ...others] = offer.ways;
  const left = withSteps ? leftOut(offer) : 'in full';
  return [
    block(page, `${number}  ${paint(page, 'bold', offer.remedy)}: ${way?.for ?? ''}`, 2, INDENT),
    ...(withSteps ? stepsOf(way?.steps ?? [], page) : []),
    ...(others.length === 0 || !isAlone
      ? []
      : [block(page, `or: ${others.map((each) => each.for).join('; ')}`, INDENT, INDENT + 2)]),
    ...offer.loses
      .slice(0, isAlone ? MAX_LOSSES : MAX_LOSSES_TOGETHER)
      .map((text) => block(page, `mind: ${text}`, INDENT, INDENT + 2)),
    ...(left === null
      ? []
      : [
          block(
            page,
            `${left}: ${paint(page, 'cyan', `reach4 explain ${offer.remedy}`)}`,
            INDENT,
            INDENT + 2,
          ),
        ]),
  ];
}

function aroundDetails(offer: AroundOffer, number: number, isAlone: boolean, page: Page): string[] {
  return [
    block(page, `${number}  ${paint(page, 'bold', offer.remedy)}: ${leadsTo(offer)}`, 2, INDENT),
    ...offer.loses
      .slice(0, isAlone ? MAX_LOSSES : MAX_LOSSES_TOGETHER)
      .map((text) => block(page, `mind: ${text}`, INDENT, INDENT + 2)),
    block(page, `in full: ${paint(page, 'cyan', `reach4 explain ${offer.remedy}`)}`, INDENT, INDENT + 2),
  ];
}

/** What it does, for this server. */
export function leadsTo(offer: AroundOffer): string {
  switch (offer.remedy) {
    case 'edge-proxy':
      return `${offer.name} becomes proxied: Cloudflare answers for it over IPv4 and IPv6, and fetches from ${offer.origin.join(', ')}`;
    case 'tunnel':
      return `cloudflared on the server connects to Cloudflare, which answers for the name over IPv4 and IPv6, and leads to ${offer.service}`;
    case 'relay':
      return `a host at AWS with an IPv4 address of its own, which forwards to ${offer.origin} over IPv6`;
    case 'cdn':
      return `CloudFront answers for ${offer.name}, over IPv4 too, and fetches from the server over IPv6, without caching`;
  }
}

/** What becomes of the records. */
export const recordLines = (
  { name, changes }: Extract<RemedyOffer, { remedy: 'a-record' }>,
  page: Page,
): string[] =>
  changes.map(({ type, from, to }) =>
    block(
      page,
      `${name}: ${type} ${from.length === 0 ? '(none)' : from.join(', ')} -> ${to}`,
      INDENT,
      INDENT + 2,
    ),
  );

/** What else there is to see; null where all of it is shown. */
function leftOut({ ways, loses }: ManualOffer): string | null {
  if (ways.some(({ steps }) => steps.some(({ undo }) => undo !== null))) return 'in full, and how to undo it';
  return ways.length > 1 || loses.length > MAX_LOSSES ? 'in full' : null;
}

function stepsOf(steps: readonly ManualStep[], page: Page): string[] {
  const whole = steps.flatMap((step) => shortly(step, page));
  return whole.length <= MAX_WAY_LINES ? whole : steps.map((step) => stepHead(step, page));
}

/** A step without its undo; of a long message only that it is there. */
function shortly(step: ManualStep, page: Page): string[] {
  if (step.change.kind !== 'message') return stepLines({ ...step, undo: null }, page);
  const lines = messageLines(step.change, page);
  if (lines.length <= MAX_MESSAGE_LINES) return [stepHead(step, page), ...lines];
  return [block(page, `a message to ${step.change.to} is ready: it ${step.does}`, INDENT, INDENT + 2)];
}
