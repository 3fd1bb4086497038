import { type RecordsAtCloudflare, recordsAtCloudflareSchema } from '../../src/model/plan.ts';
import { parseTarget } from '../../src/model/target.ts';
import type { PlannedRecord, ZoneRecord } from '../../src/model/zone-records.ts';
import { NAME, OLD4, SERVICE, STABLE6, WAN4, ZONE } from '../support/names.ts';

export const record = (more: Partial<PlannedRecord> = {}): PlannedRecord => ({
  type: 'A',
  name: NAME,
  content: WAN4,
  ttl: 300,
  proxied: false,
  comment: 'reach4 stack home-example-org',
  tags: [],
  adopt: null,
  leaveContent: false,
  ...more,
});

export const recordBefore = (more: Partial<ZoneRecord> = {}): ZoneRecord => ({
  id: 'old',
  type: 'A',
  name: NAME,
  content: OLD4,
  ttl: 1800,
  proxied: false,
  comment: 'home',
  tags: [],
  settings: {},
  ...more,
});

export const planOf = (more: Partial<RecordsAtCloudflare> = {}): RecordsAtCloudflare =>
  recordsAtCloudflareSchema.parse({
    schema: 'reach4/plan/1',
    remedy: 'a-record',
    provider: 'cloudflare',
    target: parseTarget(`https://${NAME}`),
    zone: { id: 'zone', name: ZONE },
    proven: [WAN4, STABLE6],
    records: [record()],
    setAside: [],
    previous: [],
    restore: true,
    identity: SERVICE,
    monthlyUSD: 0,
    ...more,
  });
