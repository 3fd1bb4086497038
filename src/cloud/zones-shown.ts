/** Zones named in a sentence; more would hide its point. */
const SHOWN = 5;

/** The zones that an account has, for a sentence. */
export function zonesShown(names: readonly string[]): string {
  const more = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ') || 'none'}${more}`;
}
