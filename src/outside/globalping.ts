import type { Asked } from '../agent/ask.ts';
import { encodedPath, evidenceOfLook } from '../agent/client.ts';
import type { Evidence } from '../model/evidence.ts';
import { GLOBALPING, globalpingApi } from './globalping/api.ts';
import { Look } from './globalping/look.ts';
import { shownPlace } from './globalping/shown.ts';
import { placeOf } from './place.ts';
import type { OutsideVantage } from './vantage.ts';

/** Places that look: one alone may be the one whose network is at fault. */
export const GLOBALPING_PLACES = 2;

export interface GlobalpingOptions {
  /** One for each place. */
  readonly labels: readonly [string, ...string[]];
  /** Of an account, for more tests an hour; null without. */
  readonly token: string | null;
  /** Where the API is. */
  readonly base?: string;
}

/** Places of volunteers and data centres all over the world, through Globalping's public API. */
export function globalpingVantage({ labels, token, base = GLOBALPING }: GlobalpingOptions): OutsideVantage {
  /** The first measurement: later looks are from the same places. */
  let first: string | null = null;
  return {
    label: labels[0],
    labels,
    isDistant: true,
    isPublic: true,
    shown: 'Globalping',
    can: { identify: true, otherPorts: true, traces: ['tcp'], resolve: true, udp: false },
    async look(request, ports, signal) {
      const api = globalpingApi(base, token, ports);
      const hint = { ...request.hint, path: encodedPath(request.hint.path) };
      const look = new Look({ ...request, hint }, labels.length, api, first, signal);
      const done = look.run();
      const evidence = await Promise.all(
        labels.map((label, index) =>
          evidenceOfLook({ request, label }, ports.clock, async (): Promise<Asked> => {
            await done;
            return look.answer(index);
          }),
        ),
      );
      first = look.first;
      const places = labels.flatMap((label, index): Evidence[] => {
        const place = look.place(index);
        if (place === null) return [];
        return [placeOf({ label, kind: 'globalping', shown: shownPlace(place) }, ports.clock)];
      });
      return [...places, ...withoutAbsent(evidence.flat(), labels, look)];
    },
  };
}

/** Where fewer places look than were asked for, the others have nothing to say, not even that they saw nothing. */
const withoutAbsent = (evidence: readonly Evidence[], labels: readonly string[], look: Look): Evidence[] =>
  evidence.filter(({ id }) => {
    const index = labels.indexOf(id.split(':')[1] ?? '');
    return index === 0 || look.place(index) !== null;
  });
