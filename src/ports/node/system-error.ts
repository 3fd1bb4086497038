import { plainText } from '../plain-text.ts';

/** Characters kept of what a system or a peer says about an error; enough for a sentence. */
const DETAIL_LENGTH = 200;

/** The code of a system, TLS or parser error (`ECONNREFUSED`, `ERR_SSL_…`, `HPE_…`); its name where it has none. */
export function codeOf(error: unknown): string {
  // Node joins the errors of several addresses; the first is as good as any.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return 'UNKNOWN';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** One line for people: the code, and OpenSSL's reason where there is one. */
export function detailOf(error: unknown): string {
  const code = codeOf(error);
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  return plainText(typeof reason === 'string' ? `${code}: ${reason}` : code, DETAIL_LENGTH);
}
