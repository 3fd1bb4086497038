import { type Family, familyOf, parseAddress } from '../model/address.ts';
import { page } from '../model/by-hand/reach.ts';
import type { Evidence, Reason } from '../model/evidence.ts';
import { systemOfPlatform } from '../model/platform.ts';
import { plainText } from '../ports/plain-text.ts';
import type { Ports } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';

/** ms; look-up, connection, TLS and answer over a slow line. */
const WHOAMI_TIMEOUT = 5_000;
/** Bytes; an address and a line's end take 46. */
const MAX_ANSWER = 1024;
/** Reasons that may have passed a moment later. */
const PASSING: readonly Reason['code'][] = ['timed-out', 'unreachable'];
/** Characters kept of an answer that is no address: enough to recognise a log-in page. */
const DETAIL_LENGTH = 80;

/** The address that a service on the internet sees, asked over one family. Its answer has to be that address, nothing else. */
export async function whoami(
  url: string,
  family: Family,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const service = new URL(url).hostname.replace(/^\[(.*)\]$/u, '$1');
  const item = evidenceOf('whoami', `${family}:${subjectOf(url)}`, context, ports.clock);
  const how = page(systemOfPlatform(ports.host.platform), url, family === 'ipv4' ? 4 : 6);
  const literal = parseAddress(service);
  if (literal !== null && familyOf(literal) !== family) {
    return item.skipped({ code: 'not-applicable', detail: `${literal} answers over the other family only` });
  }
  const request = {
    url,
    method: 'GET',
    headers: {},
    family,
    timeoutMs: WHOAMI_TIMEOUT / 2,
    maxBytes: MAX_ANSWER,
  } as const;
  const first = await ports.net.http(request, context.signal);
  // One lost packet is no reason to know nothing (design rule 6): each of two tries has half of the time.
  const again = !first.ok && PASSING.includes(first.reason.code) && !context.signal.aborted;
  const result = again ? await ports.net.http(request, context.signal) : first;
  if (!result.ok) return item.failed(result.reason, how);
  if (result.status !== 200) return item.failed(malformed(`status ${result.status}`), how);
  const address = parseAddress(result.body.trim());
  if (address === null || familyOf(address) !== family) return item.failed(malformed(result.body), how);
  return item.ok({ service, family, address }, how);
}

const malformed = (answer: string): Reason => ({
  code: 'malformed',
  detail: plainText(answer, DETAIL_LENGTH),
});

/** Host, port and path: services on one host are told apart. A query may hold a key, and stays out. */
function subjectOf(url: string): string {
  const { host, pathname } = new URL(url);
  return pathname === '/' ? host : `${host}${pathname}`;
}
