import type { FoundRecord } from '../../model/zone-records.ts';

/** Why a record looks kept by something else, such as a dynamic DNS client. */
export type DynamicHint =
  /** Its content is not what the diagnosis saw. */
  | { readonly code: 'changed'; readonly seen: readonly string[] }
  | { readonly code: 'comment'; readonly text: string }
  /** The user has said so: the stack leaves its content to whatever keeps it. */
  | { readonly code: 'left' }
  /** Minutes since it was last written. */
  | { readonly code: 'recent'; readonly minutes: number }
  /** Seconds. */
  | { readonly code: 'short-ttl'; readonly ttl: number };

/** What dynamic DNS clients and their users write into comments and tags. */
const TELLTALE =
  /\bd(?:yn(?:amic)?)?[-_ ]?dns\b|dynamic|ddclient|inadyn|cloudflare-?ddns|no-?ip\b|duckdns|auto[-_ ]?updat/iu;

/** Seconds: dynamic DNS clients set one or two minutes; people and Cloudflare's default don't. */
const SHORT_TTL = 120;

/** Minutes: clients ask every 5 to 30 minutes; a change as fresh as this may be theirs, or the user's own attempt. */
const RECENT = 60;

const MS_PER_MINUTE = 60_000;

/** Signs that say by themselves that something else keeps the record: fighting it would be of no use. */
export const isStrong = ({ code }: DynamicHint): boolean =>
  code === 'changed' || code === 'comment' || code === 'left';

/**
 * Signs that something else, such as a dynamic DNS client, keeps a record's content.
 * @param seen the addresses that the diagnosis saw for the name
 * @param automatic the TTL that stands for "automatic"; null where there is none such
 */
export function dynamicHints(
  record: Pick<FoundRecord, 'content' | 'comment' | 'tags' | 'modifiedOn' | 'ttl'>,
  seen: readonly string[],
  now: Date,
  automatic: number | null = 1,
): DynamicHint[] {
  const hints: DynamicHint[] = [];
  if (!seen.includes(record.content)) hints.push({ code: 'changed', seen });
  const text = [record.comment ?? '', ...record.tags].find((part) => TELLTALE.test(part));
  if (text !== undefined) hints.push({ code: 'comment', text });
  const modified = record.modifiedOn === null ? Number.NaN : Date.parse(record.modifiedOn);
  const minutes = Math.floor((now.getTime() - modified) / MS_PER_MINUTE);
  if (minutes >= 0 && minutes < RECENT) hints.push({ code: 'recent', minutes });
  if (record.ttl !== automatic && record.ttl <= SHORT_TTL) hints.push({ code: 'short-ttl', ttl: record.ttl });
  return hints;
}
