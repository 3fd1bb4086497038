import { hostPort, type Target } from '../../model/target.ts';
import { GLOBALPING_PLACES } from '../../outside/globalping.ts';
import type { OutsideVantage } from '../../outside/vantage.ts';
import { globalping, namesNobody } from '../outside-vantages.ts';
import type { Flags } from './flags.ts';
import { serviceHint } from './plan-reach.ts';

/**
 * Who looks from outside where the user names nobody: Globalping, since no test from inside can tell what the internet sees.
 * Nobody, where no public service may be asked, and for what it can't try.
 */
export async function byDefault(flags: Flags, target: Target): Promise<OutsideVantage[]> {
  if (!namesNobody(flags) || flags.publicServices === false || serviceHint(target) === null) return [];
  const labels = Array.from({ length: GLOBALPING_PLACES }, (_, index) => `outside-${index + 1}`);
  return [await globalping(() => labels.shift() ?? '')];
}

/** What is said before anything is looked at; each look then says which addresses and ports it discloses. */
export const disclosure = ({ host, port }: Target): string =>
  [
    'Globalping (api.globalping.io, run by jsDelivr) will be asked to connect to',
    `${hostPort(host, port)} from ${GLOBALPING_PLACES} places on the internet, and keeps the results for`,
    'some days. Each time, what it is told is shown. --outside none turns this off.',
  ].join('\n');
