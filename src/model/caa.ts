/** One CAA record: who may issue certificates for a name and what is below it (RFC 8659 4.1). */
export interface CaaRecord {
  /** The issuer-critical flag: who doesn't know the tag may not issue. */
  readonly critical: boolean;
  /** In lower case. */
  readonly tag: string;
  readonly value: string;
}

/** The first set that counts for a name, with the name at which it stands. */
export interface CaaSet {
  readonly at: string;
  readonly records: readonly CaaRecord[];
}

/** Tags that an authority knows: RFC 8659 4, RFC 8657, RFC 9495 and the CA/Browser Forum's (IANA, "CAA properties"). */
const KNOWN_TAGS: readonly string[] = [
  'issue',
  'issuewild',
  'iodef',
  'contactemail',
  'contactphone',
  'issuemail',
  'issuevmc',
];

/** Where CAA records of a name may stand, the nearest first: the name and each one above it, without the root (RFC 8659 3). */
export const caaNames = (name: string): string[] =>
  name
    .split('.')
    .map((_, index, labels) => labels.slice(index).join('.'))
    .filter((each) => each !== '');

/** Whose certificates a set allows, by the domains of `issue`; null where it says nothing of that. */
export function issuersOf(records: readonly CaaRecord[]): string[] | null {
  const issue = records.filter(({ tag }) => tag === 'issue');
  if (issue.length === 0) return null;
  // What follows the semicolon are the authority's own parameters; nothing before it allows nobody.
  return issue
    .map(({ value }) => (value.split(';')[0] ?? '').trim().toLowerCase())
    .filter((domain) => domain !== '');
}

/** Critical tags that no authority knows: none may issue (RFC 8659 4.1). */
export const tagsInTheWay = (records: readonly CaaRecord[]): string[] =>
  records.flatMap(({ critical, tag }) => (critical && !KNOWN_TAGS.includes(tag) ? [tag] : []));

/**
 * Whether an authority may issue a certificate for a name (no wildcard) under the set that counts for it.
 * @param domains by which the authority knows itself
 */
export function mayIssue({ records }: CaaSet, domains: readonly string[]): boolean {
  if (tagsInTheWay(records).length > 0) return false;
  const issuers = issuersOf(records);
  return issuers === null || issuers.some((domain) => domains.includes(domain));
}
