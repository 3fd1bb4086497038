import type { Diagnosis } from '../model/diagnosis.ts';
import { isHere, seen } from '../model/evidence.ts';
import { observerOf } from '../model/view/at-home.ts';

/** Labels of the places outside from which something was seen. */
export const placesOutside = ({ evidence }: Pick<Diagnosis, 'evidence'>): string[] => [
  ...new Set(
    evidence.flatMap((item) =>
      item.vantage === 'outside' && !isHere(item) && item.status === 'ok' && item.probe !== 'place'
        ? [observerOf(item.id)]
        : [],
    ),
  ),
];

/** What each place is called, where that is known: `outside-1` is `vps.example.net`. */
export const placeNames = ({ evidence }: Pick<Diagnosis, 'evidence'>): ReadonlyMap<string, string> =>
  new Map(seen(evidence, 'place').map(({ id, facts }) => [observerOf(id), facts.shown]));

/** Who looked from outside, one line; nothing where that isn't known. */
export function placesLine(diagnosis: Pick<Diagnosis, 'evidence'>): string {
  const names = placeNames(diagnosis);
  const known = placesOutside(diagnosis).flatMap((label) => {
    const name = names.get(label);
    return name === undefined ? [] : [`${label} is ${name}`];
  });
  return known.join(', ');
}
