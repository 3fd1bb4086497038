/** Comma-separated, without the headings, which are in the system's language. */
export const TASKLIST_ARGS: readonly string[] = ['/fo', 'csv', '/nh'];

/** `"svchost.exe","952","Services","0","14,116 K"`: the name and the process, whatever the rest says. */
const LINE = /^"([^"]{1,260})","(\d{1,10})",/u;

/** Names by process; lines that aren't understood are left out. */
export function parseTasklist(text: string): Map<number, string> {
  return new Map(
    text.split(/\r?\n/u).flatMap((line) => {
      const [, name, pid] = LINE.exec(line) ?? [];
      return name === undefined ? [] : [[Number(pid), name] as const];
    }),
  );
}
