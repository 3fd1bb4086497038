/** Somebody was faster: between a plan and its `up`. */
export const nameTaken = (name: string, addresses: readonly string[]): string =>
  `There is an A record of ${name} now (${addresses.join(', ')}) that this stack didn't make and that wasn't there when it was planned; plan again with \`reach4 plan --remedy relay\`, which shows it.`;
