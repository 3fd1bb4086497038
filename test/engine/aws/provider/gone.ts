import type { ResourceData } from './bridge/data.ts';

/**
 * Whether a read found nothing: what is new must be there, and anything else leaves the state (in Terraform's provider:
 * `!d.IsNewResource() && tfresource.NotFound(err)`).
 * @param what as errors of the read begin
 */
export function isGone<T>(found: T | undefined, data: ResourceData, what: string): found is undefined {
  if (found !== undefined) {
    return false;
  }
  if (data.isNew) {
    throw new Error(`${what}: couldn't find resource`);
  }
  data.gone();
  return true;
}
