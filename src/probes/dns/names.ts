/** Labels of a name that may be a zone's; real zones have four at most, a hostile alias up to 126. */
const MAX_LABELS = 8;

/** The name and every name above it, shortest first: `org`, `example.org`, `home.example.org`; no more than eight. */
export function suffixes(name: string): string[] {
  const labels = name.split('.');
  const all = labels.map((_, index) => labels.slice(index).join('.'));
  return all.reverse().slice(0, MAX_LABELS);
}

export const labelCount = (name: string): number => name.split('.').length;
