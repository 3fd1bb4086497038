/** The tag that everything of a stack bears which can have tags; its value is the plan's id. */
export const MARK_TAG = 'reach4:stack';

export const markTags = (id: string): Record<string, string> => ({ [MARK_TAG]: id });

/** How names begin of what can't have tags. */
export const markedName = (id: string, what: string): string => `reach4-${id}-${what}`;
