import { plannedSet, setsPlan } from '../../components/set-plans.ts';
import { NAME, OLD4, OTHER4, STABLE6, WAN4, ZONE } from '../../support/names.ts';
import { HOSTED_ZONE_ID, type HostedSubject } from './hosted.ts';
import type { Phase } from './world.ts';

const OLD = { type: 'A' as const, name: NAME, ttl: 1800, values: [OLD4] };
const SIX = { type: 'AAAA' as const, name: NAME, ttl: 300, values: [STABLE6] };

const ttlOf = (phase: Phase): number => (phase === 'up' ? OLD.ttl : 600);

const common = {
  meddled: { ...OLD, ttl: 60, values: [OTHER4] },
  zone: ZONE,
  wanted: (phase: Phase) => [`${NAME}. A ${ttlOf(phase)} ${WAN4}`, `${NAME}. AAAA ${SIX.ttl} ${STABLE6}`],
};
const planned = { zone: { id: HOSTED_ZONE_ID, name: ZONE }, proven: [WAN4, STABLE6] };

/** The set is taken over and corrected: its old values come back. */
export const adoptingSet = (): HostedSubject => ({
  ...common,
  sets: [OLD, SIX],
  plan: (phase) =>
    setsPlan({
      ...planned,
      records: [plannedSet({ ttl: ttlOf(phase), adopt: { ttl: OLD.ttl, values: OLD.values } })],
      previous: [OLD],
    }),
});

/** There is no A set: one is made. */
export const makingSet = (): HostedSubject => ({
  ...common,
  sets: [SIX],
  plan: (phase) => setsPlan({ ...planned, records: [plannedSet({ ttl: ttlOf(phase) })] }),
});
