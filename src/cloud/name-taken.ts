/** Somebody was faster: between a plan and its `up`. */
export const nameTaken = (
  { name, type }: { readonly name: string; readonly type: 'A' | 'AAAA' },
  addresses: readonly string[],
): string =>
  `There is an ${type} record of ${name} now (${addresses.join(', ')}) that this stack didn't make and that wasn't there when it was planned; plan again, which shows it.`;
