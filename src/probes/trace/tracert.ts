import { familyOf, parseAddress } from '../../model/address.ts';
import type { Evidence, Reason } from '../../model/evidence.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Ports } from '../../ports/ports.ts';
import { evidenceOf, type ProbeContext } from '../context.ts';
import type { Hop } from './traceroute.ts';
import { isReached } from './way.ts';

/** ms that each of three questions to a hop may take. */
const WAIT = 1_000;
/** ms; a silent hop costs three times as long, one after another: what was seen until then is taken. */
const TIMEOUT = 13_000;
/** Hops at most; the fact's own limit. */
const MAX_TTL = 64;
/** Characters kept of a complaint. */
const DETAIL_LENGTH = 120;

/** Without names, which would be asked for hop by hop. ICMP alone: tracert knows no other packets. */
const tracertArgs = (address: string, maxHops: number): string[] => [
  ...['-d', '-h', String(maxHops), '-w', String(WAIT)],
  familyOf(address) === 'ipv4' ? '-4' : '-6',
  address,
];

/** The way to an address by ICMP, as Windows can show it, whatever was asked for. */
export async function tracert(
  address: string,
  maxHops: number,
  { exec, clock }: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('trace', `icmp-${address}`, context, clock);
  const args = tracertArgs(address, maxHops);
  const how = ['tracert', ...args].join(' ');
  const result = await exec.run('tracert', args, { timeoutMs: TIMEOUT, signal: context.signal });
  if (result === null) return item.failed({ code: 'no-tool', detail: 'tracert' }, how);
  const isCutOff = result.exitCode === 124;
  if (context.signal.aborted && !isCutOff) return item.failed({ code: 'interrupted' }, how);
  const all = parseTracert(result.stdout);
  // Where it was stopped, the last hops weren't silent, but not asked in full.
  const hops = isCutOff
    ? (all ?? []).slice(0, (all ?? []).findLastIndex((hop) => hop.address !== null) + 1)
    : all;
  if (hops === null || hops.length === 0 || (result.exitCode !== 0 && !isCutOff)) {
    return item.failed(reasonOf(result, context.signal), how);
  }
  return item.ok(
    {
      family: familyOf(address),
      address,
      port: null,
      method: 'icmp',
      tool: 'tracert',
      hops,
      reached: isReached(hops, address),
    },
    how,
  );
}

function reasonOf({ exitCode, stdout }: { exitCode: number; stdout: string }, signal: AbortSignal): Reason {
  if (signal.aborted) return { code: 'interrupted' };
  if (exitCode === 124) return { code: 'timed-out' };
  return { code: 'unsupported', detail: plainText(stdout, DETAIL_LENGTH) || `exit code ${exitCode}` };
}

/** ` 3    12 ms    <1 ms     *     192.168.13.3`, three questions to one hop; the text after the stars is in any language. */
const ROW = /^\s{0,4}(\d{1,2})\s+((?:(?:<?\d{1,6}\s?ms|\*)\s+){0,3})(\S.*)$/u;
const TIME = /<?(\d{1,6})\s?ms/gu;

/**
 * The hops that tracert printed, in any language. Who says that the way ends there (`192.168.1.1  reports: …`) is no router that
 * passed the packet on: that hop has a note. Null where there is no hop at all.
 */
export function parseTracert(text: string): Hop[] | null {
  const hops: Hop[] = [];
  // What was cut off in the middle of a line isn't one.
  for (const line of text.split(/\r?\n/u).slice(0, -1)) {
    const [, number, columns = '', rest = ''] = ROW.exec(line) ?? [];
    const ttl = Number(number);
    if (number === undefined || ttl !== hops.length + 1 || ttl > MAX_TTL) continue;
    const [who = '', ...words] = rest.trim().split(/\s+/u);
    // With names, the address follows in brackets.
    const named = words[0]?.startsWith('[') === true ? words.shift() : undefined;
    const address = parseAddress((named ?? who).replace(/^\[(.*)\]$/u, '$1').replace(/%.*$/u, ''));
    const times = [...columns.matchAll(TIME)].map(([, ms]) => Number(ms));
    if (address === null && times.length > 0) continue;
    if (address === null && columns.replaceAll(/\s/gu, '') !== '***') break;
    const says = words.length > 0;
    hops.push({
      ttl,
      address,
      ms: times.length === 0 ? null : Math.min(...times),
      note: address !== null && says ? '!' : null,
    });
    if (address !== null && says) break;
  }
  return hops.length === 0 ? null : hops;
}
