import type { CdnPlan } from '../model/cdn-plan.ts';
import type { Target } from '../model/target.ts';
import type { Clock, Dns, HttpRequest, HttpResult, Net } from '../ports/ports.ts';

export interface ProvingDistribution {
  /** `d….cloudfront.net` */
  readonly domainName: string;
  /** The name that visitors use, which nobody is led to CloudFront by yet. */
  readonly name: string;
  readonly target: Pick<Target, 'protocol' | 'path' | 'port'>;
  /** The server itself: its addresses, and how it answered when it was planned; null where that isn't known. */
  readonly server: { readonly addresses: readonly string[]; readonly status: number | null };
  readonly net: Pick<Net, 'http' | 'connect'>;
  readonly dns: Pick<Dns, 'lookup'>;
  readonly clock: Clock;
  /** ms */
  readonly deadlineMs: number;
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** `untold`: why it can't be known from here. */
export type DistributionProof =
  | { readonly ok: true; readonly untold: string | null }
  | { readonly ok: false; readonly why: string };

/** ms. The distribution is at all edges by then: what doesn't get through in this time has another reason. */
export const DISTRIBUTION_DEADLINE_MS = 5 * 60_000;
/** ms between two looks. */
const PAUSE_MS = 5_000;
/**
 * ms for one answer: the 60 s that the distribution gives the server, and time to connect. CloudFront asks the server up to
 * three times before it says 504 (developer guide, "Origin response timeout"): who waits less hears nothing at all.
 */
const LOOK_MS = 75_000;
/** ms for what is asked beside a look: a connection to an edge, an answer of the server itself. */
const ASIDE_MS = 10_000;
/** Bytes: room for a whole error page. Of what is longer, nothing more is wanted. */
const PAGE_BYTES = 65_536;

type Look =
  | { readonly state: 'forwards' }
  /** CloudFront is there, and visitors would not get from it what the server gives them. */
  | { readonly state: 'fails'; readonly short: string; readonly why: string }
  | { readonly state: 'unknown'; readonly why: string };

/** Asks a new distribution for the service by the visitors' name, before DNS leads anybody there. */
export async function proveDistribution(proving: ProvingDistribution): Promise<DistributionProof> {
  const { clock, deadlineMs, tell, signal } = proving;
  const started = clock.monotonic();
  for (;;) {
    const look = await lookAt(proving);
    if (look.state === 'forwards') return { ok: true, untold: null };
    if (clock.monotonic() - started >= deadlineMs) {
      return look.state === 'fails' ? { ok: false, why: look.why } : { ok: true, untold: look.why };
    }
    tell(
      look.state === 'fails'
        ? `Waiting until CloudFront gets to the server (${look.short}).`
        : `Waiting until the distribution can be asked (${look.why}).`,
    );
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function lookAt(proving: ProvingDistribution): Promise<Look> {
  const { domainName, name, target, net, dns, signal } = proving;
  const addresses = await dns.lookup(domainName).catch(() => []);
  if (addresses.length === 0) return { state: 'unknown', why: `${domainName} can't be looked up here` };
  let last: Look = { state: 'unknown', why: 'nothing answers' };
  // One of each family at most: a machine may have one only.
  for (const family of [':', '.']) {
    const address = addresses.find((each) => each.includes(family));
    if (address === undefined) continue;
    const result = await net.http({ ...requestOf(proving, LOOK_MS), address }, signal);
    last = judge(result, address, name);
    if (last.state === 'unknown' && isSilent(result)) {
      const { outcome } = await net.connect(address, target.port, ASIDE_MS, signal);
      if (outcome === 'connected') last = silent(name);
    }
    if (last.state === 'forwards' && result.ok && result.status >= 400) {
      last = await besideServer(result.status, proving);
    }
    if (last.state !== 'unknown') return last;
  }
  return last;
}

const requestOf = ({ name, target }: ProvingDistribution, timeoutMs: number): HttpRequest => ({
  url: `${target.protocol === 'tls' ? 'https' : 'http'}://${name}${target.path}`,
  method: 'GET',
  headers: {},
  timeoutMs,
  maxBytes: PAGE_BYTES,
});

/** Statuses with which CloudFront says itself that it has nothing from the server (developer guide, "Troubleshooting error responses"). */
const FROM_EDGE: readonly number[] = [502, 503, 504];
/** What each error page of CloudFront's own says, whatever its status (developer guide, "Request blocked"). */
const OWN_PAGE = /the request could not be satisfied/iu;

function judge(result: HttpResult, address: string, name: string): Look {
  if (!result.ok) {
    // A page that is longer than what is wanted of it is a page.
    if (result.reason.code === 'too-large') return { state: 'forwards' };
    return { state: 'unknown', why: `${address}: ${result.reason.detail ?? result.reason.code}` };
  }
  const { status, headers, body } = result;
  if (headers['x-amz-cf-id'] === undefined) {
    return { state: 'unknown', why: `what answers at ${address} is not CloudFront` };
  }
  if (FROM_EDGE.includes(status)) {
    return fails(status, name, 'because it gets nothing from the server over IPv6');
  }
  return status >= 400 && OWN_PAGE.test(body)
    ? fails(status, name, 'on its own account: the server was not asked')
    : { state: 'forwards' };
}

const fails = (status: number, name: string, because: string): Look => ({
  state: 'fails',
  short: `status ${status}`,
  why: `CloudFront answers for ${name} with status ${status}, ${because}`,
});

const isSilent = (result: HttpResult): boolean => !result.ok && result.reason.code === 'timed-out';

const silent = (name: string): Look => ({
  state: 'fails',
  short: 'no answer',
  why: `CloudFront takes connections for ${name} and gives no answer within ${LOOK_MS / 1_000} s, so it gets none from the server over IPv6`,
});

/** An error is the server's own where it answers with one to everybody: asked now, or else as it was when planned. */
async function besideServer(status: number, proving: ProvingDistribution): Promise<Look> {
  const { name, server, net, signal } = proving;
  let own = server.status;
  for (const address of server.addresses) {
    const result = await net.http({ ...requestOf(proving, ASIDE_MS), address }, signal);
    if (!result.ok) continue;
    own = result.status;
    break;
  }
  return own !== null && own < 400
    ? fails(status, name, `and the server itself with ${own}`)
    : { state: 'forwards' };
}

/**
 * Why visitors may not be led to a distribution of which nothing could be told; null where they may. Those of IPv6 have a way
 * that works; those of IPv4 have none, and lose nothing.
 * @param isAgreed the user said that it may go on unseen
 */
export const notUnseen = (untold: string, types: CdnPlan['types'], isAgreed: boolean): string | null =>
  isAgreed || !types.includes('AAAA')
    ? null
    : `Whether CloudFront gets to the server could not be told from here (${untold}), and IPv6 visitors get there without it`;
