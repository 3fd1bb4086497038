import * as pulumi from '@pulumi/pulumi';
import type { SetAside, TakenRecord, ZoneRecord } from '../model/zone-records.ts';
import {
  type Answer,
  type MadeRecord,
  previousRecordsLife,
  type SetAsideState,
  setAsideLife,
} from './previous-records-life.ts';
import { PREVIOUS_RECORDS, SET_ASIDE_RECORDS } from './type-names.ts';

// The provider below is frozen, as text, into the state of every stack; that text is what runs at `pulumi destroy`,
// maybe years later and on another Node. So: nothing from outside this file and `previous-records-life.ts`, no module,
// only globals of Node 18 and later, and syntax that Pulumi's own parser (TypeScript 3.8) knows. `diff` and `update` must
// stay: without them a changed text makes the resource forget its data (facts/pulumi.md).

export interface PreviousRecordsArgs {
  readonly zoneId: string;
  /** What comes back when the stack goes. */
  readonly previous: readonly ZoneRecord[];
  /** What is taken out of the zone while the stack stands; `SetAsideRecords` does it. */
  readonly setAside: readonly SetAside[];
  /** What is taken over and changed: only while it is what it was when it was planned. */
  readonly taken?: readonly TakenRecord[];
  /** What the stack makes: goes at the end, also where an `up` that broke off never recorded it. */
  readonly made?: readonly MadeRecord[];
}

/** One call of Cloudflare's API; tries up to five times where the trouble may pass (429, 5xx, no connection). */
async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const token = process.env.CLOUDFLARE_API_TOKEN;
  if (!token) {
    throw new Error(
      'CLOUDFLARE_API_TOKEN is not set; it is needed for the DNS records that were there before.',
    );
  }
  const base = (process.env.CLOUDFLARE_BASE_URL || 'https://api.cloudflare.com/client/v4').replace(
    /\/+$/,
    '',
  );
  for (let attempt = 1; ; attempt += 1) {
    let failure = '';
    let wait = 500 * 2 ** attempt;
    try {
      const response = await fetch(base + path, {
        method: method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(15000),
      });
      const text = await response.text();
      if (response.status !== 429 && response.status < 500) {
        let parsed: { result?: unknown; errors?: { message?: string }[] } = {};
        try {
          parsed = JSON.parse(text) || {};
        } catch (_) {
          // Not JSON: the status says enough.
        }
        const said = (parsed.errors || []).map((error) => String(error.message)).join('; ');
        return { status: response.status, result: parsed.result, said: said.slice(0, 300) };
      }
      failure = `status ${response.status}`;
      const seconds = Number(response.headers.get('retry-after'));
      if (seconds > 0) {
        wait = Math.min(seconds, 60) * 1000;
      }
    } catch (error) {
      failure = String(error);
    }
    if (attempt === 5) {
      throw new Error(`Cloudflare's API does not work for ${method} ${path}: ${failure}`);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/**
 * Holds the DNS records that a stack replaces, and puts them back when the stack goes, also with the literal
 * `pulumi destroy`. The stack's own records must depend on it, so that they are gone by then. Needs
 * CLOUDFLARE_API_TOKEN in the environment of `pulumi`; the token is never stored.
 */
export class PreviousRecords extends pulumi.dynamic.Resource {
  constructor(name: string, args: PreviousRecordsArgs, options?: pulumi.CustomResourceOptions) {
    const { zoneId, previous, setAside: out, taken, made } = args;
    super(
      previousRecordsLife(call),
      name,
      {
        ...{ zoneId, previous, setAside: out },
        ...(taken === undefined ? {} : { taken }),
        ...(made === undefined ? {} : { made }),
      },
      options,
      PREVIOUS_RECORDS.module,
      PREVIOUS_RECORDS.name,
    );
  }
}

/** Takes records out of the zone, once the holder that puts them back is in the state. */
export class SetAsideRecords extends pulumi.dynamic.Resource {
  constructor(name: string, args: SetAsideState, holder: PreviousRecords) {
    super(
      setAsideLife(call),
      name,
      { ...args },
      { dependsOn: holder },
      SET_ASIDE_RECORDS.module,
      SET_ASIDE_RECORDS.name,
    );
  }
}
