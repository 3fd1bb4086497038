import type { Reason } from '../../../model/evidence.ts';
import { hostPort, type Target } from '../../../model/target.ts';
import type { HttpResult } from '../../../ports/ports.ts';
import type { Check } from '../check.ts';
import type { EdgeLook, PromisedEdge } from '../edge.ts';

type Page = Extract<HttpResult, { ok: true }>;
type Head = Pick<Page, 'status' | 'headers'>;

/** The header by which each provider marks what came by its edge (Cloudflare's and CloudFront's docs, "headers"). */
const MARK: Readonly<Record<PromisedEdge['provider'], string>> = {
  Cloudflare: 'cf-ray',
  CloudFront: 'x-amz-cf-id',
};

/** What an edge says itself where it gets nothing from the server (Cloudflare's docs, "Cloudflare 5xx errors"). */
const CLOUDFLARE_SAYS: Readonly<Record<number, string>> = {
  520: "the server's answer makes no sense to it",
  521: 'the server refuses its connections',
  522: 'the server does not answer its connections',
  523: 'there is no way to the server',
  524: 'the server takes too long',
  525: "TLS with the server fails: the zone's SSL mode and the server have to agree",
  526: "the server's certificate is none that Full (strict) takes: set the zone's SSL mode to Full",
  530: 'it finds no server behind the name',
};
/** Trouble that time alone doesn't end. */
const LASTING: readonly number[] = [525, 526];

const code = 'ipv4-answers';
const waiting = (text: string): Check => ({ code, state: 'waiting', text });

/** Whether the service answers by the edge over IPv4. */
export function throughEdge(
  { provider }: PromisedEdge,
  target: Pick<Target, 'protocol' | 'path' | 'host' | 'port'>,
  look: EdgeLook | null,
): Check {
  if (look === null) return waiting(`the name has no IPv4 address of ${provider}`);
  const { address, through, direct } = look;
  const at = `${address} (${provider})`;
  const head = headOf(through);
  if ('reason' in head) return noAnswer(provider, at, head.reason);
  if (!bearsMark(provider, through)) {
    return waiting(`what answers at ${address} is not ${provider}: something on the way takes its place`);
  }
  const said = provider === 'Cloudflare' ? CLOUDFLARE_SAYS[head.status] : undefined;
  if (said !== undefined) {
    const state = LASTING.includes(head.status) ? 'fails' : 'waiting';
    return { code, state, text: `${at} answers with status ${head.status}: ${said}` };
  }
  if (leadsToItself(head, target)) {
    return {
      code,
      state: 'fails',
      text: `${at} redirects to the very same page: the zone's SSL mode is Flexible, set it to Full`,
    };
  }
  const straight = direct === null ? null : headOf(direct);
  const own = straight !== null && 'status' in straight ? straight.status : null;
  if (isEdgesOwnError(head.status, own)) {
    const other = own === null ? '' : `, the server itself over IPv6 with status ${own}`;
    return waiting(`${at} answers with status ${head.status}${other}`);
  }
  const what = through.ok
    ? compared(through, direct, target)
    : `status ${head.status}, and with a page too large to be compared`;
  return { code, state: 'holds', text: `${at} answers with ${what}` };
}

/** The beginning of an answer, which came also where the page itself was too large; or why there is none. */
const headOf = (result: HttpResult): Head | { readonly reason: Reason } =>
  result.ok ? result : (result.head ?? { reason: result.reason });

/** Whether an answer came by the provider's edge. */
export function bearsMark(provider: PromisedEdge['provider'], result: HttpResult): boolean {
  const head = headOf(result);
  return 'status' in head && head.headers[MARK[provider]] !== undefined;
}

function noAnswer(provider: PromisedEdge['provider'], at: string, { code: why, detail }: Reason): Check {
  switch (why) {
    case 'unauthorised':
      return waiting(`${at} has no certificate for the name yet (${detail ?? why})`);
    case 'no-network':
      return waiting(
        `this machine has no IPv4, so whether ${provider} gets through to the server can't be told from here`,
      );
    default:
      return waiting(`${at} does not answer: ${detail ?? why}`);
  }
}

/**
 * An error that the server doesn't have as well. 5xx is an edge's word for "no server" also where nothing can be compared; 4xx may
 * be the server's own, unless it says otherwise itself.
 */
function isEdgesOwnError(through: number, own: number | null): boolean {
  if (through < 400 || through === own) return false;
  return through >= 500 || (own !== null && own < 400);
}

/** What can be said of whose page it is. The key can't be compared: TLS ends at the edge. */
function compared(through: Page, direct: HttpResult | null, { protocol }: Pick<Target, 'protocol'>): string {
  const key = protocol === 'tls' ? "; its TLS key is the edge's, so keys say nothing" : '';
  if (direct === null) return `status ${through.status}; there is nothing to compare it with${key}`;
  if (!direct.ok) {
    const why =
      direct.reason.code === 'unauthorised'
        ? 'its certificate is none that this machine trusts'
        : (direct.reason.detail ?? direct.reason.code);
    return `status ${through.status}; not compared with the server itself: ${why}${key}`;
  }
  const isRedirect = direct.headers.location !== undefined;
  const same =
    direct.status === through.status &&
    (isRedirect ? direct.headers.location === through.headers.location : direct.body === through.body);
  return same && (isRedirect || direct.body !== '')
    ? `the same ${isRedirect ? 'redirect' : 'page'} as the server itself over IPv6`
    : `status ${through.status}, the server itself over IPv6 with status ${direct.status}; their pages differ, as many do from one visit to the next${key}`;
}

/** Flexible asks the server without TLS, which redirects to the page with TLS, and so on. */
function leadsToItself(
  { status, headers }: Head,
  { protocol, path, host, port }: Pick<Target, 'protocol' | 'path' | 'host' | 'port'>,
): boolean {
  const to = typeof headers.location === 'string' ? headers.location : '';
  if (protocol !== 'tls' || status < 300 || status > 399 || !URL.canParse(to)) return false;
  return new URL(to).href === new URL(`https://${hostPort(host, port)}${path}`).href;
}
