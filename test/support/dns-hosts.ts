import { type Evidence, evidenceSchema } from '../../src/model/evidence.ts';
import { ZONE } from './names.ts';

/** Who the parent zone says is responsible. */
export const delegatedTo = (...nameServers: readonly string[]): Evidence =>
  evidenceSchema.parse({
    id: `delegation:here:${ZONE}`,
    probe: 'delegation',
    vantage: 'unknown',
    at: '2026-11-23T21:00:00.000Z',
    ms: 40,
    how: `dig +trace ${ZONE} NS`,
    status: 'ok',
    facts: { name: ZONE, zone: ZONE, nameServers: nameServers.map((name) => ({ name, addresses: [] })) },
  });

export const AT_CLOUDFLARE = delegatedTo('ada.ns.cloudflare.com', 'bob.ns.cloudflare.com');
