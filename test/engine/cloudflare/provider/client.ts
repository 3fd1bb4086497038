import { setTimeout as sleep } from 'node:timers/promises';

/** An answer of the API that is an error. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export interface ClientOptions {
  baseUrl: string;
  token: string;
  /** Milliseconds before the second attempt, doubled for each further one. */
  retryBaseMs: number;
}

/** Of the real provider: 10 attempts after the first, 2·2ⁿ s apart, at most 30 s (facts (b)). */
const MAX_RETRIES = 10;
const MAX_DELAY_MS = 30_000;
/** Items, in all pages together, unless the program asks for another number (facts (b)). */
const MAX_ITEMS = 1000;

/** Talks to the API as the real provider does: same retries, same pagination. */
export class CloudflareClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  async request<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#attempt(method, path, body);
      if (outcome instanceof Response && outcome.ok) {
        return ((await outcome.json()) as { result: Result }).result;
      }
      if (attempt === MAX_RETRIES || !isWorthRetrying(outcome)) {
        throw await failure(method, this.#url(path), outcome);
      }
      await sleep(this.#delayMs(outcome, attempt));
    }
  }

  /** Asks for pages until one is empty, whatever `result_info` says. */
  async list<Item>(path: string, query: Record<string, string>, maxItems = MAX_ITEMS): Promise<Item[]> {
    const items: Item[] = [];
    for (let page = 1; items.length < maxItems; page += 1) {
      const search = new URLSearchParams(query);
      if (page > 1) {
        search.set('page', String(page));
      }
      const found = await this.request<Item[]>('GET', `${path}?${search}`);
      if (found.length === 0) {
        break;
      }
      items.push(...found);
    }
    return items.slice(0, maxItems);
  }

  #url(path: string): string {
    return `${this.#options.baseUrl.replace(/\/$/, '')}${path}`;
  }

  async #attempt(method: string, path: string, body: unknown): Promise<Response | Error> {
    try {
      return await fetch(this.#url(path), {
        method,
        headers: { authorization: `Bearer ${this.#options.token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      return error as Error;
    }
  }

  #delayMs(outcome: Response | Error, attempt: number): number {
    const retryAfter = outcome instanceof Response ? outcome.headers.get('retry-after') : null;
    if (retryAfter !== null && Number.isFinite(Number(retryAfter))) {
      return Number(retryAfter) * 1000;
    }
    return Math.min(this.#options.retryBaseMs * 2 ** attempt, MAX_DELAY_MS);
  }
}

function isWorthRetrying(outcome: Response | Error): boolean {
  if (outcome instanceof Error) {
    return true;
  }
  const retryable =
    outcome.status === 408 || outcome.status === 409 || outcome.status === 429 || outcome.status >= 500;
  return retryable && outcome.headers.get('x-should-retry') !== 'false';
}

/** Worded as the real provider's: the raw answer is printed. */
async function failure(method: string, url: string, outcome: Response | Error): Promise<Error> {
  if (outcome instanceof Error) {
    return new Error(`failed to make http request: ${method} "${url}": ${outcome.message}`, {
      cause: outcome,
    });
  }
  const text = await outcome.text();
  const message = `failed to make http request: ${method} "${url}": ${outcome.status} ${outcome.statusText} ${text}`;
  return new ApiError(outcome.status, message);
}
