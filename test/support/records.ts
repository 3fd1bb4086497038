import type { FoundRecord } from '../../src/model/zone-records.ts';
import { NAME } from './names.ts';

/** An address record of the home's name as a zone holds it, written long ago. */
export const foundRecord = (content: string, more: Partial<FoundRecord> = {}): FoundRecord => ({
  id: `id-${content.replaceAll(/[^0-9a-f]/gu, '-')}`,
  type: content.includes(':') ? 'AAAA' : 'A',
  name: NAME,
  content,
  ttl: 3600,
  proxied: false,
  comment: null,
  tags: [],
  settings: {},
  modifiedOn: '2025-01-01T00:00:00Z',
  ...more,
});
