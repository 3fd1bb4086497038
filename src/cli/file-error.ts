/** What the system says of a file that can't be read (errno(3)). */
const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
};

/** What it says where a file can't be written, and only the user can help. */
const NOT_WRITTEN: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's quota of the disk is used up",
  EROFS: "the disk can't be written",
  EACCES: 'this user may not',
};

/** Why a file can't be written, as a clause; null where it isn't the machine's or the user's doing. */
export const writeError = (error: unknown): string | null =>
  error instanceof Error && 'code' in error ? (NOT_WRITTEN[String(error.code)] ?? null) : null;

/** Why a file can't be read, as a clause. */
export function fileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const why = 'code' in error ? WHY[String(error.code)] : undefined;
  return why ?? error.message.split('\n')[0] ?? error.name;
}
