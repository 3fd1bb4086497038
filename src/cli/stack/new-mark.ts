import { randomBytes } from 'node:crypto';

/** So many that no two stacks of an account have the same mark. */
const MARK_BYTES = 6;

/** What a stack's resources bear at a provider, to be known again (src/model/marks.ts). */
export const newMark = (): string => randomBytes(MARK_BYTES).toString('hex');
