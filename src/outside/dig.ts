import { parseAddress } from '../model/address.ts';
import type { Answer } from '../model/dns-answer.ts';

/** Records of an answer; more than a name of a home has. */
const MAX_RECORDS = 64;
/** RFC 2181, section 8. */
const MAX_TTL = 2 ** 31 - 1;
/** Names as they stand in a master file, without what needs quoting. */
const NAME = String.raw`[\w.*-]{1,255}`;
const RECORD = new RegExp(
  String.raw`^(${NAME})\s+(\d{1,10})\s+IN\s+(A|AAAA|CNAME|SOA)\s+(\S{1,255})(?:\s+(.{0,400}))?$`,
  'u',
);
const OUTCOMES: Readonly<Record<string, Answer['outcome']>> = {
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
};

/** What dig(1) of BIND prints for one question; null where it had no answer, or printed something else. */
export function parseDig(
  lines: readonly string[],
  type: 'A' | 'AAAA',
): { server: string; answer: Answer } | null {
  const find = (pattern: RegExp): string | undefined =>
    lines.map((line) => pattern.exec(line)?.[1]).find((each) => each !== undefined);
  const rcode = find(/^;; ->>HEADER<<- opcode: QUERY, status: ([A-Z]{3,16}),/u);
  const flags = find(/^;; flags: ([a-z ]{0,60});/u)?.split(' ');
  const server = parseAddress(find(/^;; SERVER: ([0-9a-fA-F:.]{2,45})(?:%\S{1,32})?#\d{1,5}/u) ?? '');
  const ms = find(/^;; Query time: (\d{1,7}) msec/u);
  // Without its last lines an answer was cut off.
  if (rcode === undefined || flags === undefined || server === null || ms === undefined) return null;

  const records = sectionOf(lines, 'ANSWER')
    .flatMap((line) => recordOf(line) ?? [])
    .slice(0, MAX_RECORDS);
  const addresses = records.flatMap((record) => {
    const address = record.type === type ? parseAddress(record.value) : null;
    return address === null ? [] : [{ address, ttl: record.ttl }];
  });
  const chain = records
    .filter((record) => record.type === 'CNAME')
    .map(({ name, ttl, value }) => ({ name: plainName(name), target: plainName(value), ttl }));
  const soa = sectionOf(lines, 'AUTHORITY')
    .flatMap((line) => recordOf(line) ?? [])
    .find((each) => each.type === 'SOA');
  const minimum = Number(/(\d{1,10})$/u.exec(soa?.rest ?? '')?.[1] ?? Number.NaN);
  const pointsElsewhere = sectionOf(lines, 'AUTHORITY').some((line) => /\sIN\s+NS\s/u.test(line));
  const isNegative = soa !== undefined || (flags.includes('ra') && !pointsElsewhere);
  const outcome = outcomeOf(rcode, addresses.length, isNegative);
  const isSettled = outcome !== 'servfail' && outcome !== 'refused' && outcome !== 'other';
  return {
    server,
    answer: {
      outcome,
      rcode,
      authoritative: flags.includes('aa'),
      recursionAvailable: flags.includes('ra'),
      chain: isSettled ? chain : [],
      addresses: outcome === 'answer' ? addresses : [],
      soa:
        (outcome === 'no-data' || outcome === 'nxdomain') && soa !== undefined && minimum <= MAX_TTL
          ? // RFC 2308, section 5.
            { zone: plainName(soa.name), negativeTtl: Math.min(soa.ttl, minimum) }
          : null,
      ms: Number(ms),
    },
  };
}

function outcomeOf(rcode: string, addresses: number, isNegative: boolean): Answer['outcome'] {
  if (rcode !== 'NOERROR') return OUTCOMES[rcode] ?? 'other';
  if (addresses > 0) return 'answer';
  return isNegative ? 'no-data' : 'referral';
}

interface DigRecord {
  readonly name: string;
  readonly ttl: number;
  readonly type: string;
  readonly value: string;
  readonly rest: string;
}

function recordOf(line: string): DigRecord | null {
  const [, name, ttl, type, value, rest = ''] = RECORD.exec(line) ?? [];
  if (name === undefined || type === undefined || value === undefined || !(Number(ttl) <= MAX_TTL))
    return null;
  return { name, ttl: Number(ttl), type, value, rest };
}

function sectionOf(lines: readonly string[], name: string): string[] {
  const start = lines.indexOf(`;; ${name} SECTION:`);
  if (start === -1) return [];
  const end = lines.findIndex((line, index) => index > start && line.trim() === '');
  return lines.slice(start + 1, end === -1 ? undefined : end);
}

const plainName = (text: string): string => text.replace(/\.$/u, '').toLowerCase();
