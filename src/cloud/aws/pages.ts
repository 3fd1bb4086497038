/**
 * Everything of a list that comes in pages, of a service whose client has no paginators.
 * @param page one answer; `next` is what asks for the following one
 */
export async function allPages<T>(
  page: (token: string | undefined) => Promise<{
    readonly items: readonly T[] | undefined;
    readonly next: string | undefined;
  }>,
): Promise<T[]> {
  const found: T[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await page(token);
    found.push(...items);
    token = next;
  } while (token !== undefined && token !== '');
  return found;
}
