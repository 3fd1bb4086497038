import { z } from 'zod';
import type { Reason } from '../../model/evidence.ts';
import { parseJson } from '../../model/json.ts';
import { plainText } from '../../ports/plain-text.ts';
import type { HttpResult, Ports } from '../../ports/ports.ts';

/**
 * Globalping's public API, version 1: https://globalping.io/docs/api.globalping.io. Names and limits here are those of its
 * public/v1/spec.yaml (github.com/jsdelivr/globalping), as of August 2026.
 */
export const GLOBALPING = 'https://api.globalping.io';

/** ms between the end of one question for a result and the next; the API asks for 500 at least. */
const POLL_MS = 500;
/** ms for one request; the API is behind a CDN. */
const REQUEST_MS = 8_000;
/** Bytes of an answer: two tests with 20 kB of output each, twice over, and room. */
const MAX_BYTES = 512 * 1024;
/** Characters kept of what the API says. */
const SENTENCE_LENGTH = 160;
/** Seconds that a request to wait is followed; longer ones end the look. */
const MAX_WAIT_S = 6;

/** What is asked of one measurement. No `ipVersion`: it is refused with an address, and only addresses are asked about. */
export interface MeasurementRequest {
  readonly type: 'ping' | 'http' | 'traceroute' | 'dns';
  readonly target: string;
  readonly measurementOptions: Readonly<Record<string, unknown>>;
  /** Seconds that each test may take, 5 to 30. */
  readonly timeout: number;
}

/** How many places, or the measurement whose places are to look again, in the same order. */
type Places = { readonly limit: number } | { readonly sameAs: string };

type Created =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly reason: Reason; readonly status: number | null };

const text = z.string().max(1_024);
const createdSchema = z.object({ id: z.string().regex(/^[\w.-]{1,128}$/u) });
const errorSchema = z.object({
  error: z.object({
    type: text,
    message: text,
    params: z.record(text, text).optional(),
  }),
});
const probeSchema = z.object({
  country: text,
  city: text,
  network: text,
  asn: z.int(),
});
const resultSchema = z.object({
  probe: probeSchema,
  result: z.looseObject({ status: z.enum(['in-progress', 'finished', 'failed', 'offline']) }),
});
const measurementSchema = z.object({
  id: z.string(),
  status: z.string().max(64),
  results: z.array(resultSchema).max(50),
});
export type PlaceResult = z.infer<typeof resultSchema>;

export type Results =
  | { readonly ok: true; readonly results: readonly PlaceResult[] }
  | { readonly ok: false; readonly reason: Reason };

export interface GlobalpingApi {
  create(request: MeasurementRequest, places: Places, signal: AbortSignal): Promise<Created>;
  /** Asks until the measurement has ended. */
  results(id: string, signal: AbortSignal): Promise<Results>;
}

/** @param token of an account; null to stay without */
export function globalpingApi(
  base: string,
  token: string | null,
  { net, clock }: Pick<Ports, 'net' | 'clock'>,
): GlobalpingApi {
  const send = (method: 'GET' | 'POST', path: string, body: string | undefined, signal: AbortSignal) =>
    net.http(
      {
        url: `${base}${path}`,
        method,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: REQUEST_MS,
        maxBytes: MAX_BYTES,
      },
      signal,
    );
  return {
    async create(request, places, signal) {
      const where = 'sameAs' in places ? { locations: places.sameAs } : { limit: places.limit };
      const answer = await send('POST', '/v1/measurements', JSON.stringify({ ...request, ...where }), signal);
      if (!answer.ok) return { ok: false, reason: unasked(answer.reason), status: null };
      if (answer.status !== 202) {
        return { ok: false, reason: refusal(answer, request.target), status: answer.status };
      }
      const created = createdSchema.safeParse(parseJson(answer.body));
      if (created.success) return { ok: true, id: created.data.id };
      return { ok: false, reason: malformed(), status: answer.status };
    },
    async results(id, signal) {
      for (;;) {
        const waited = await clock.sleep(POLL_MS, signal).then(
          () => true,
          () => false,
        );
        if (!waited) return { ok: false, reason: { code: 'interrupted' } };
        const answer = await send('GET', `/v1/measurements/${id}`, undefined, signal);
        if (!answer.ok) return { ok: false, reason: unasked(answer.reason) };
        if (answer.status === 429) {
          const seconds = secondsOf(answer.headers['retry-after']);
          if (seconds === null || seconds > MAX_WAIT_S) return { ok: false, reason: refusal(answer, id) };
          await clock.sleep(seconds * 1_000, signal).catch(() => {});
          continue;
        }
        if (answer.status !== 200) return { ok: false, reason: refusal(answer, id) };
        const measurement = measurementSchema.safeParse(parseJson(answer.body));
        if (!measurement.success || measurement.data.id !== id) return { ok: false, reason: malformed() };
        const { status, results } = measurement.data;
        if (status !== 'in-progress') return { ok: true, results };
      }
    },
  };
}

const malformed = (): Reason => ({
  code: 'malformed',
  detail: "Globalping's answer can't be read: not measured.",
});

/** How asking ended, which is not how a look ended. */
function unasked({ code, detail }: Reason): Reason {
  if (code === 'interrupted') return { code };
  const why = detail === undefined ? code : plainText(detail, SENTENCE_LENGTH);
  return {
    code: code === 'refused' ? 'unreachable' : code,
    detail: `Globalping can't be asked (${why}): not measured.`,
  };
}

/** Any other answer than the one hoped for. */
function refusal({ status, headers, body }: HttpResult & { ok: true }, about: string): Reason {
  const parsed = errorSchema.safeParse(parseJson(body));
  const { message, params = {} } = parsed.success ? parsed.data.error : { message: '' };
  const said = plainText([message, ...Object.values(params)].join(' '), SENTENCE_LENGTH);
  const say = (code: Reason['code'], what: string): Reason => ({
    code,
    detail: `Globalping ${what}${said === '' ? '' : `: ${said.replace(/\.$/u, '')}`}; not measured.`,
  });
  if (status === 400) return say('refused', `won't look at ${about}`);
  if (status === 401 || status === 403) return say('unauthorised', "doesn't take the token");
  if (status === 422) return say('unsupported', 'has no fitting place to look from');
  if (status === 429) {
    const wait = secondsOf(headers['retry-after'] ?? headers['x-ratelimit-reset']);
    return say('refused', `has no tests left for this address${wait === null ? '' : ` for ${wait} s`}`);
  }
  if (status >= 500) return say('unreachable', `is out of order (HTTP ${status})`);
  return say('malformed', `answers with HTTP ${status}`);
}

const secondsOf = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,5}$/u.test(header) ? Number(header) : null;
