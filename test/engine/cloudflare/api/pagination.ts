export interface Page<Item> {
  items: Item[];
  page: number;
  perPage: number;
  total: number;
}

/**
 * One page of a list. A page after the last is empty and no error: clients ask until they get an empty one, whatever
 * `result_info` says (facts (b)).
 */
export function page<Item>(all: readonly Item[], query: URLSearchParams, perPageDefault: number): Page<Item> {
  const number = positive(query.get('page')) ?? 1;
  const perPage = positive(query.get('per_page')) ?? perPageDefault;
  const start = (number - 1) * perPage;
  return { items: all.slice(start, start + perPage), page: number, perPage, total: all.length };
}

function positive(text: string | null): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
