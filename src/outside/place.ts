import type { Evidence } from '../model/evidence.ts';
import type { PlaceFacts } from '../model/facts/place.ts';
import type { Clock } from '../ports/ports.ts';
import { evidenceOf } from '../probes/context.ts';

/** Evidence of who looks under a label. */
export const placeOf = (
  { label, kind, shown }: PlaceFacts & { readonly label: string },
  clock: Clock,
): Evidence =>
  evidenceOf('place', 'self', { where: label, vantage: 'outside' }, clock).ok({ kind, shown }, '');
