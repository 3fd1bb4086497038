/** Each item once, the first of those with the same key. */
export const uniqueBy = <T>(items: readonly T[], key: (item: T) => string): T[] =>
  items.filter((item, index) => items.findIndex((other) => key(other) === key(item)) === index);
