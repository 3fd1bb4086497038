import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { Clock, HttpRequest, HttpResult, Net } from '../../ports/ports.ts';
import type { CloudflareSettings } from './settings.ts';

/** ms for one request: the API answers within one second; more is an outage, not patience. */
const REQUEST_TIMEOUT_MS = 10_000;
/** ms before each further try: an outage that ends by itself mostly does so within seconds. */
const RETRY_AFTER_MS = [500, 2_000] as const;
/** Bytes of one answer: a page of 100 records is about 60 kB. */
const MAX_BYTES = 2_000_000;
/** Pages of a list: no name has more than a few records, so an endless list is a fault. */
const MAX_PAGES = 20;
/** Characters of the API's own words in a sentence. */
const QUOTE_LENGTH = 200;

const envelopeSchema = z.object({
  result: z.unknown().optional(),
  errors: z
    .array(z.object({ code: z.number().optional(), message: z.string().catch('') }))
    .nullish()
    .catch([]),
});

/** What one request brought, where the API answered at all: its status decides, never an error code alone. */
export type ApiAnswer =
  | { readonly kind: 'ok'; readonly result: unknown }
  /** 401 and 403. */
  | { readonly kind: 'denied'; readonly said: string }
  /** Any other 4xx: the API understood who asks, and refuses what is asked. */
  | { readonly kind: 'refused'; readonly status: number; readonly said: string };

export interface CloudflareWorld {
  readonly net: Pick<Net, 'http'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

export interface CloudflareClient {
  /** @throws UserError where the API can't be reached, is down or asks to slow down */
  get(path: string): Promise<ApiAnswer>;
  /** A POST that is expected to be refused: never repeated. @throws UserError as `get` does */
  post(path: string, body: unknown): Promise<ApiAnswer>;
  /** Takes away what is at the path. @throws UserError as `get` does */
  delete(path: string): Promise<ApiAnswer>;
  /** Every item of a list, page by page. Stops with the answer that isn't `ok`. @throws UserError as `get` does */
  list(path: string, perPage: number): Promise<ApiAnswer>;
}

/** A client that reads a zone, finds out what a token may do, and takes away what a stack has left; it writes nothing. */
export function cloudflareClient(
  settings: CloudflareSettings,
  world: CloudflareWorld,
  signal: AbortSignal,
): CloudflareClient {
  const send = async (
    request: Pick<HttpRequest, 'method' | 'body'> & { path: string },
  ): Promise<ApiAnswer> => {
    for (let attempt = 0; ; attempt += 1) {
      const { path, ...rest } = request;
      const result = await world.net.http(
        {
          ...rest,
          url: `${settings.baseUrl}${path}`,
          headers: {
            authorization: `Bearer ${settings.token}`,
            accept: 'application/json',
            'content-type': 'application/json',
          },
          timeoutMs: REQUEST_TIMEOUT_MS,
          maxBytes: MAX_BYTES,
        },
        signal,
      );
      const pause = request.method !== 'POST' && isPassing(result) ? RETRY_AFTER_MS[attempt] : undefined;
      if (pause === undefined) return interpret(result, settings);
      await world.clock.sleep(pause, signal);
    }
  };
  const get = (path: string): Promise<ApiAnswer> => send({ method: 'GET', path });
  return {
    get,
    delete: (path) => send({ method: 'DELETE', path }),
    post: (path, body) => send({ method: 'POST', path, body: JSON.stringify(body) }),
    list: async (path, perPage) => {
      const items: unknown[] = [];
      // Until a page isn't full: what the answer says about the number of pages isn't relied on.
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const answer = await get(`${path}${path.includes('?') ? '&' : '?'}per_page=${perPage}&page=${page}`);
        if (answer.kind !== 'ok') return answer;
        if (!Array.isArray(answer.result)) throw unexpected(settings, 'a list was expected');
        items.push(...answer.result);
        if (answer.result.length < perPage) break;
      }
      return { kind: 'ok', result: items };
    },
  };
}

/** Trouble that may pass within seconds. A 429 lasts minutes (facts: five), so asking again at once makes it worse. */
const isPassing = (result: HttpResult): boolean =>
  result.ok
    ? result.status >= 500
    : ['timed-out', 'unreachable', 'no-network', 'refused'].includes(result.reason.code);

function interpret(result: HttpResult, settings: CloudflareSettings): ApiAnswer {
  const host = new URL(settings.baseUrl).host;
  if (!result.ok) {
    if (result.reason.code === 'interrupted') throw new UserError('Interrupted; nothing was changed.');
    const detail =
      result.reason.detail === undefined ? '' : `: ${plainText(result.reason.detail, QUOTE_LENGTH)}`;
    throw new UserError(
      result.reason.code === 'timed-out'
        ? `Cloudflare's API (${host}) did not answer within ${REQUEST_TIMEOUT_MS / 1000} s; nothing was changed; try again later.`
        : `Cloudflare's API (${host}) can't be reached (${result.reason.code}${detail}); nothing was changed; check this machine's connection${host === 'api.cloudflare.com' ? '' : ' and CLOUDFLARE_BASE_URL'}.`,
    );
  }
  if (result.status === 429) {
    throw new UserError(
      `Cloudflare's API (${host}) has had too many requests from this user (status 429: 1200 in five minutes); nothing was changed; try again in five minutes.`,
    );
  }
  if (result.status >= 500) {
    throw new UserError(
      `Cloudflare's API (${host}) is out of order (status ${result.status}); nothing was changed; try again later (https://www.cloudflarestatus.com).`,
    );
  }
  const envelope = parseEnvelope(result.body);
  if (result.status >= 400) {
    const said = plainText(
      (envelope?.errors ?? []).map(({ code, message }) => `${message} (${code ?? 'no code'})`).join('; ') ||
        'no reason given',
      QUOTE_LENGTH,
    );
    return result.status === 401 || result.status === 403
      ? { kind: 'denied', said }
      : { kind: 'refused', status: result.status, said };
  }
  if (envelope === null || result.status >= 300) throw unexpected(settings, `status ${result.status}`);
  return { kind: 'ok', result: envelope.result };
}

function parseEnvelope(body: string): z.infer<typeof envelopeSchema> | null {
  try {
    return envelopeSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/** What answers isn't Cloudflare's API as it is documented, such as a captive portal. */
export const unexpected = (settings: Pick<CloudflareSettings, 'baseUrl'>, what: string): UserError =>
  new UserError(
    `What answers at ${new URL(settings.baseUrl).host} doesn't speak like Cloudflare's API (${what}); nothing was changed; check CLOUDFLARE_BASE_URL and proxies on the way.`,
  );
