/**
 * A mistake of the user's, or a condition only the user can change: shown as one sentence, without a stack.
 * Everything else that is thrown is a bug and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The user broke off at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
