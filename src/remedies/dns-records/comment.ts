/** Characters that a comment may have on the Free plan (Cloudflare's docs, "Record attributes"). */
const COMMENT_LIMIT = 100;

/** Marks records of a stack that had no comment, for people and for an `up` that broke off. */
export const commentOf = (stackName: string): string => `reach4 stack ${stackName}`.slice(0, COMMENT_LIMIT);
