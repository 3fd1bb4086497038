/** The first nft whose JSON tells what hangs on a set statement (07958ec5 "json: add set statement list support"). */
const TELLS_LIMITS = [1, 0, 6] as const;

/**
 * Whether `add @set { ip saddr limit rate over … }` is printed without its limit, so that it looks as if it held for every
 * packet: before nft 1.0.6, and where the version can't be read.
 * @param metainfo what a list begins with.
 */
export function hidesLimitsOfSets({ version }: Readonly<Record<string, unknown>>): boolean {
  const parts = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/u.exec(typeof version === 'string' ? version : '');
  if (parts === null) return true;
  for (const [index, first] of TELLS_LIMITS.entries()) {
    const part = Number(parts[index + 1] ?? 0);
    if (part !== first) return part < first;
  }
  return false;
}

/** nft before 1.0 prints these where the JSON goes, one for each statement that it then prints as words. */
export const withoutWarnings = (json: string): string =>
  json.replace(/^warning: (?:stmt|expr) ops \w+ have no json callback\n/gmu, '');

/** nft 0.9.0 prints no `metainfo`, and other names for most things. */
export const isOlderForm = (json: string): boolean =>
  /\{"nftables": \[(?:\]|\{"(?!metainfo")\w+": \{)/u.test(json);
