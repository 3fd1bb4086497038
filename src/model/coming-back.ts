/** The previous records that come back when a stack goes: an AAAA always, so that the name is never left without. */
export const comingBack = <Before extends { readonly type: 'A' | 'AAAA' }>(plan: {
  readonly previous: readonly Before[];
  readonly restore: boolean;
}): Before[] => plan.previous.filter(({ type }) => plan.restore || type === 'AAAA');
