import { readFile } from 'node:fs/promises';

type Env = Readonly<Record<string, string | undefined>>;

/** User and group of whoever called `sudo`, and only where this process is root by it (sudo(8), SUDO_UID); else null. */
export function callerOfSudo(env: Env = process.env): { readonly uid: number; readonly gid: number } | null {
  const [uid, gid] = [idOf(env.SUDO_UID), idOf(env.SUDO_GID)];
  return process.getuid?.() === 0 && uid !== null && gid !== null ? { uid, gid } : null;
}

const idOf = (text = ''): number | null => (/^\d{1,9}$/u.test(text) ? Number(text) : null);

/** The home of whoever called `sudo`, which gives the command root's own; null where that isn't known (passwd(5)). */
export async function homeOfCaller(env: Env = process.env, passwd = '/etc/passwd'): Promise<string | null> {
  const caller = callerOfSudo(env);
  if (caller === null) return null;
  const text = await readFile(passwd, 'utf8').catch(() => '');
  const users = text.split('\n').map((line) => line.split(':'));
  const home = users.find(([, , uid]) => uid === String(caller.uid))?.[5];
  return home?.startsWith('/') === true ? home : null;
}
