import { planOf, record } from '../../components/plans.ts';
import { NAME, OLD4, OTHER4, STABLE6, WAN4, ZONE } from '../../support/names.ts';
import type { CloudflareApi } from '../cloudflare/api/server.ts';
import { type CloudflareSubject, edit, ZONE_ID } from './cloudflare.ts';
import type { Phase } from './world.ts';

const OLD = { type: 'A', name: NAME, content: OLD4, ttl: 1800, comment: 'home' } as const;
const SURPLUS = { type: 'A', name: NAME, content: OTHER4, ttl: 7200, comment: 'older' } as const;
const SIX = { type: 'AAAA', name: NAME, content: STABLE6, ttl: 300 } as const;

const held = (api: CloudflareApi, content: string) => {
  const [found] = api.zones[0]?.list({ name: NAME, content }) ?? [];
  return {
    id: found?.id ?? '0'.repeat(32),
    type: 'A' as const,
    name: NAME,
    content,
    ttl: content === OLD4 ? OLD.ttl : SURPLUS.ttl,
    proxied: false,
    comment: content === OLD4 ? OLD.comment : SURPLUS.comment,
    tags: [],
    settings: {},
  };
};

const meddle = (api: CloudflareApi) => edit(api, { type: 'A', name: NAME }, { content: OTHER4, ttl: 60 });

/** What `change` sets, seconds. */
const OTHER_TTL = 600;

/** One A record is taken over and corrected, another is taken out: both come back. */
export function adopting(): CloudflareSubject {
  // Their ids are those of the beginning, whatever has become of them.
  let ids: { readonly old: string; readonly surplus: string } | null = null;
  const ttlOf = (phase: Phase) => (phase === 'up' ? OLD.ttl : OTHER_TTL);
  return {
    zone: ZONE,
    records: [OLD, SURPLUS, SIX],
    meddle,
    plan: (phase, api) => {
      ids ??= { old: held(api, OLD4).id, surplus: held(api, OTHER4).id };
      const { old, surplus } = ids;
      const planned = { ttl: ttlOf(phase), comment: OLD.comment, adopt: { recordId: old } };
      return planOf({
        zone: { id: ZONE_ID, name: ZONE },
        records: [record(planned)],
        setAside: [{ recordId: surplus, type: 'A', name: NAME, content: OTHER4 }],
        previous: [
          { ...held(api, OLD4), id: old },
          { ...held(api, OTHER4), id: surplus },
        ],
      });
    },
    wanted: (phase) => [
      `A ${NAME} ${WAN4} ${ttlOf(phase)} dns ${OLD.comment}`,
      `AAAA ${NAME} ${STABLE6} 300 dns -`,
    ],
  };
}

/** There is no A record: one is made. */
export function making(): CloudflareSubject {
  const ttlOf = (phase: Phase) => (phase === 'up' ? 300 : OTHER_TTL);
  return {
    zone: ZONE,
    records: [SIX],
    meddle,
    plan: (phase) => planOf({ zone: { id: ZONE_ID, name: ZONE }, records: [record({ ttl: ttlOf(phase) })] }),
    wanted: (phase) => [
      `A ${NAME} ${WAN4} ${ttlOf(phase)} dns reach4 stack home-example-org`,
      `AAAA ${NAME} ${STABLE6} 300 dns -`,
    ],
  };
}
