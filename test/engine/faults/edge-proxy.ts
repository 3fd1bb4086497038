import { edgePlan } from '../../components/edge-plans.ts';
import { NAME, OLD4, STABLE6, ZONE } from '../../support/names.ts';
import type { CloudflareApi } from '../cloudflare/api/server.ts';
import { type CloudflareSubject, edit, ZONE_ID } from './cloudflare.ts';
import type { Phase } from './world.ts';

const OLD = {
  type: 'A' as const,
  name: NAME,
  content: OLD4,
  ttl: 1800,
  comment: 'home',
  tags: ['of:ann'],
};
const SIX = {
  type: 'AAAA' as const,
  name: NAME,
  content: STABLE6,
  ttl: 300,
  comment: 'six',
  tags: ['of:bob'],
};

/** The records as they are at the beginning, with their ids. */
export const beforehand = (api: CloudflareApi) =>
  [OLD, SIX].map((record) => {
    const [found] = api.zones[0]?.list({ name: NAME, type: record.type }) ?? [];
    return { ...record, tags: [...record.tags], id: found?.id ?? '', proxied: false, settings: {} };
  });

/** What both remedies at Cloudflare's edge find at the name. */
export const RECORDS = [OLD, SIX];

const commentOf = (phase: Phase): string => (phase === 'up' ? SIX.comment : 'another comment');

/** An AAAA becomes proxied, and the A leaves the zone. */
export function proxying(): CloudflareSubject {
  let previous: ReturnType<typeof beforehand> | null = null;
  return {
    zone: ZONE,
    records: RECORDS,
    meddle: (api) => edit(api, { type: 'AAAA', name: NAME }, { proxied: false, ttl: 60 }),
    plan: (phase, api) => {
      previous ??= beforehand(api);
      const recordId = previous.find(({ type }) => type === 'AAAA')?.id ?? '';
      const six = { type: 'AAAA' as const, content: STABLE6, ttl: 1, proxied: true, tags: SIX.tags };
      return edgePlan({
        zone: { id: ZONE_ID, name: ZONE },
        records: [{ ...six, comment: commentOf(phase), recordId }],
        previous,
      });
    },
    wanted: (phase) => [`AAAA ${NAME} ${STABLE6} 1 proxied ${commentOf(phase)} of:bob`],
  };
}
