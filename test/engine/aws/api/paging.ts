import { AwsError } from './errors.ts';

export interface Page<Item> {
  items: Item[];
  /** Undefined on the last page. */
  next: string | undefined;
}

/** One page of a list. Tokens are opaque to clients; here they tell where the next page begins. */
export function page<Item>(
  all: readonly Item[],
  token: string | undefined,
  size: number,
  invalid = 'InvalidInputException',
): Page<Item> {
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) {
    throw new AwsError(invalid, 'The specified token is not valid.');
  }
  const end = start + size;
  const next = end < all.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: all.slice(start, end), next };
}
