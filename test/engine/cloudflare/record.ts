import { z } from 'zod';

/** The record types that this stand-in knows. */
export const recordTypes = [
  'A',
  'AAAA',
  'CNAME',
  'TXT',
  'MX',
  'NS',
  'CAA',
  'SRV',
  'PTR',
  'HTTPS',
  'SVCB',
] as const;
export type RecordType = (typeof recordTypes)[number];

/** What a client sends, as loosely as the real API takes it; the rules are checked afterwards. */
export const recordInput = z.object({
  type: z.string(),
  name: z.string(),
  content: z.string().optional(),
  ttl: z.number().optional(),
  proxied: z.boolean().nullish(),
  comment: z.string().nullish(),
  priority: z.number().nullish(),
  tags: z.array(z.string()).nullish(),
  settings: z.record(z.string(), z.unknown()).nullish(),
});
export type RecordInput = z.infer<typeof recordInput>;

/** `PATCH` names only what changes. */
export const recordPatch = recordInput.partial();
export type RecordPatch = z.infer<typeof recordPatch>;

/** `POST dns_records/batch` */
export const recordBatch = z.object({
  deletes: z.array(z.object({ id: z.string() })).default([]),
  patches: z.array(recordPatch.extend({ id: z.string() })).default([]),
  puts: z.array(recordInput.extend({ id: z.string() })).default([]),
  posts: z.array(recordInput).default([]),
});
export type RecordBatch = z.infer<typeof recordBatch>;

/** A record as the API shows it. */
export interface ZoneRecord {
  id: string;
  name: string;
  type: RecordType;
  content: string;
  proxiable: boolean;
  proxied: boolean;
  /** seconds; 1 is "automatic" */
  ttl: number;
  priority?: number;
  settings: Record<string, unknown>;
  meta: Record<string, unknown>;
  comment: string | null;
  tags: string[];
  created_on: string;
  modified_on: string;
  comment_modified_on?: string;
}

export interface BatchResult {
  deletes: ZoneRecord[];
  patches: ZoneRecord[];
  puts: ZoneRecord[];
  posts: ZoneRecord[];
}
