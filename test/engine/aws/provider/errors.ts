/** Whether AWS answered with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes(error.name);
}

/** A failed call as the real provider words it: what it was for, then the answer. */
export function failed(what: string, error: unknown): Error {
  return new Error(`${what}: ${described(error)}`, { cause: error });
}

function described(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { $metadata: metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  const status = metadata?.httpStatusCode;
  return status === undefined
    ? error.message
    : `https response error StatusCode: ${status}, RequestID: ${metadata?.requestId ?? ''}, ${error.name}: ${error.message}`;
}

/** The call's answer, or an error that says what it was for. */
export async function doing<Answer>(what: string, call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw failed(what, error);
  }
}

/** Without an answer with one of these codes: that what is to be deleted is not there is as good. */
export async function tolerating(
  codes: readonly string[],
  what: string,
  call: Promise<unknown>,
): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!hasCode(error, ...codes)) {
      throw failed(what, error);
    }
  }
}
