import type { Operation } from './wire/operation.ts';
import type { HttpRequest } from './wire/wire.ts';

export function byName(...groups: Operation[][]): ReadonlyMap<string, Operation> {
  return new Map(groups.flat().map((operation) => [operation.name, operation]));
}

/** JSON services tell by the prefix of `X-Amz-Target`. */
export function byTarget(prefix: string): (request: HttpRequest) => boolean {
  return (request) => String(request.headers['x-amz-target'] ?? '').startsWith(`${prefix}.`);
}

/** Query services tell by the `Version` in the form. */
export function byVersion(version: string): (request: HttpRequest) => boolean {
  return (request) => new URLSearchParams(request.body).get('Version') === version;
}
