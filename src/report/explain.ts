import type { Diagnosis } from '../model/diagnosis.ts';
import type { RemedyOffer } from '../model/remedy-offer.ts';
import { stepLines } from './changes.ts';
import { DOES, isAround, offerFacts, planOf } from './offers.ts';
import { asTyped, block, type Page, paint, spread } from './page.ts';
import { printable } from './printable.ts';
import { leadsTo, recordLines } from './remedies.ts';

/** Remedies in full: every way with each step and what takes it back, exactly as it is typed or set. */
export function explainText(made: Diagnosis, offers: readonly RemedyOffer[], page: Page): string {
  const { target, madeAt } = printable(made);
  const title = spread(
    page,
    paint(page, 'bold', `${target.host}, port ${target.port}`),
    `as diagnosed on ${madeAt.slice(0, 'YYYY-MM-DD'.length)}`,
  );
  const parts = printable([...offers], true).map((offer) => inFull(offer, page).join('\n'));
  return asTyped(page, `${[title, ...parts, 'Nothing has been changed.'].join('\n\n')}\n`);
}

function inFull(offer: RemedyOffer, page: Page): string[] {
  const head = [
    block(
      page,
      `${paint(page, 'bold', offer.remedy)}: ${DOES[offer.remedy]} (${offerFacts(offer).join(', ')})`,
      0,
      2,
    ),
  ];
  if (offer.remedy === 'a-record') {
    return [...head, ...recordLines(offer, page), block(page, `Next:  ${planOf('a-record')}`, 2)];
  }
  if (isAround(offer)) {
    return [
      ...head,
      block(page, `${leadsTo(offer)}.`, 2, 4),
      ...offer.loses.map((text) => block(page, `mind: ${text}`, 2, 4)),
      block(page, `Next, to see it planned; nothing is made by it:  ${planOf(offer.remedy)}`, 2, 4),
    ];
  }
  const several = offer.ways.length > 1;
  return [
    ...head,
    ...offer.loses.map((text) => block(page, `mind: ${text}`, 2, 4)),
    ...(several ? ['', block(page, 'One of these:', 2)] : []),
    ...offer.ways.flatMap((way, index) => [
      '',
      block(
        page,
        several ? `${index + 1}  ${paint(page, 'bold', way.for)}` : paint(page, 'bold', way.for),
        2,
        5,
      ),
      ...way.steps.flatMap((step) => stepLines(step, page)),
    ]),
  ];
}
