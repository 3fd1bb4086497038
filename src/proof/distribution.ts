import type { Target } from '../model/target.ts';
import type { Clock, Dns, HttpResult, Net } from '../ports/ports.ts';

export interface ProvingDistribution {
  /** `d….cloudfront.net` */
  readonly domainName: string;
  /** The name that visitors use, which nobody is led to CloudFront by yet. */
  readonly name: string;
  readonly target: Pick<Target, 'protocol' | 'path'>;
  readonly net: Pick<Net, 'http'>;
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
export const DISTRIBUTION_DEADLINE_MS = 3 * 60_000;
/** ms between two looks. */
const PAUSE_MS = 5_000;
/** ms for one answer: as long as the distribution gives the server. */
const LOOK_MS = 60_000;
/** Bytes: only the head of the answer is wanted. */
const HEAD_BYTES = 4_096;

type Look =
  | { readonly state: 'forwards' }
  /** CloudFront answers, and says that it got nothing from the server. */
  | { readonly state: 'fails'; readonly status: number }
  | { readonly state: 'unknown'; readonly why: string };

/** Asks a new distribution for the service by the visitors' name, before DNS leads anybody there. */
export async function proveDistribution(proving: ProvingDistribution): Promise<DistributionProof> {
  const { clock, deadlineMs, tell, signal, name } = proving;
  const started = clock.monotonic();
  for (;;) {
    const look = await lookAt(proving);
    if (look.state === 'forwards') return { ok: true, untold: null };
    if (clock.monotonic() - started >= deadlineMs) {
      return look.state === 'fails'
        ? {
            ok: false,
            why: `CloudFront answers for ${name} with status ${look.status}, because it gets nothing from the server over IPv6`,
          }
        : { ok: true, untold: look.why };
    }
    tell(
      look.state === 'fails'
        ? `Waiting until CloudFront gets to the server (status ${look.status}).`
        : `Waiting until the distribution can be asked (${look.why}).`,
    );
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function lookAt({ domainName, name, target, net, dns, signal }: ProvingDistribution): Promise<Look> {
  const addresses = await dns.lookup(domainName).catch(() => []);
  if (addresses.length === 0) return { state: 'unknown', why: `${domainName} can't be looked up here` };
  const url = `${target.protocol === 'tls' ? 'https' : 'http'}://${name}${target.path}`;
  const request = { url, method: 'GET', headers: {}, timeoutMs: LOOK_MS, maxBytes: HEAD_BYTES } as const;
  let last: Look = { state: 'unknown', why: 'nothing answers' };
  // One of each family at most: a machine may have one only.
  for (const family of [':', '.']) {
    const address = addresses.find((each) => each.includes(family));
    if (address === undefined) continue;
    last = judge(await net.http({ ...request, address }, signal), address);
    if (last.state !== 'unknown') return last;
  }
  return last;
}

/** Statuses with which CloudFront says itself that it has nothing from the server (developer guide, "Troubleshooting error responses"). */
const FROM_EDGE: readonly number[] = [502, 503, 504];

function judge(result: HttpResult, address: string): Look {
  if (!result.ok) {
    // A page that is longer than what is wanted of it is a page.
    if (result.reason.code === 'too-large') return { state: 'forwards' };
    return { state: 'unknown', why: `${address}: ${result.reason.detail ?? result.reason.code}` };
  }
  if (result.headers['x-amz-cf-id'] === undefined) {
    return { state: 'unknown', why: `what answers at ${address} is not CloudFront` };
  }
  return FROM_EDGE.includes(result.status)
    ? { state: 'fails', status: result.status }
    : { state: 'forwards' };
}
