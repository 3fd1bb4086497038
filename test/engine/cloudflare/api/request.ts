import type { ZodType } from 'zod';
import { denial } from '../errors.ts';
import type { Zone } from '../zone.ts';
import type { TokenRights } from './access.ts';
import type { Page } from './pagination.ts';

export interface ApiRequest {
  method: string;
  /** Without `/client/v4` and the query. */
  path: string;
  query: URLSearchParams;
  body: unknown;
  rights: TokenRights | undefined;
}

/** `changed` is the zone that the request wrote to. */
export interface ApiAnswer {
  result: unknown;
  page?: Page<unknown>;
  changed?: Zone;
}

export function parsed<Output>(schema: ZodType<Output>, body: unknown): Output {
  const outcome = schema.safeParse(body);
  if (!outcome.success) {
    throw denial.badJson();
  }
  return outcome.data;
}
