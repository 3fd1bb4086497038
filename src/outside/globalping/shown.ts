import { plainText } from '../../ports/plain-text.ts';
import type { PlaceResult } from './api.ts';

/** Characters of a city's and a network's name. */
const NAME_LENGTH = 40;

/** A place as a person would say it: `Globalping in Berlin, DE (Deutsche Telekom AG)`. */
export function shownPlace({ city, country, network }: PlaceResult['probe']): string {
  const [town, land, net] = [city, country, network].map((each) => plainText(each, NAME_LENGTH));
  return `Globalping in ${town || 'an unknown place'}, ${land || '??'} (${net || 'unknown network'})`;
}
