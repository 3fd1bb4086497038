import type { Case } from './case.ts';

/** The view of a case, worked out once: a case never changes, and many causes ask the same. */
export function once<T>(view: (the: Case) => T): (the: Case) => T {
  const known = new WeakMap<Case, { readonly value: T }>();
  return (the) => {
    const already = known.get(the);
    if (already !== undefined) return already.value;
    const value = view(the);
    known.set(the, { value });
    return value;
  };
}
