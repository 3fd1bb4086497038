import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Variables whose values are secrets, as the toolkit and Pulumi read them. */
const SECRET_VARIABLES = [
  'CLOUDFLARE_API_TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'REACH4_AGENT_TOKEN',
] as const;

/** Milliseconds between two looks at the arguments of all processes: commands of the engine take seconds. */
const LOOK_EVERY_MS = 250;

/** The secrets in an environment. */
export const secretsIn = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  SECRET_VARIABLES.flatMap((name) => environment[name] || []);

/** As it is, and as user data and Kubernetes-like files would have it. */
const formsOf = (secret: string): string[] => [secret, Buffer.from(secret).toString('base64')];

export const tells = (text: string, secrets: readonly string[]): boolean =>
  secrets.flatMap(formsOf).some((form) => text.includes(form));

/** Files in a folder that hold one of the secrets, by their paths. */
export async function filesTelling(folder: string, secrets: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    // A file may go while this looks, as the engine's own temporary ones do.
    const text = await readFile(file, 'latin1').catch(() => '');
    if (tells(text, secrets)) found.push(file);
  }
  return found;
}

export interface SecretWatch {
  /** What a person or a log gets to see. */
  saw(text: string): void;
  /** Looks through the folder, and tells all that was found so far; empty where nothing told a secret. */
  found(folder: string): Promise<readonly string[]>;
  stop(): void;
}

/**
 * Watches for secrets in the arguments of every process of this machine, in what is printed, and in files.
 * @param secrets asked each time: an environment gets more of them, and a cloud makes some itself
 */
export function watchSecrets(secrets: () => readonly string[]): SecretWatch {
  const found = new Set<string>();
  const timer = setInterval(() => {
    void argumentsTelling(secrets()).then((processes) => {
      for (const one of processes) found.add(`arguments of ${one}`);
    });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    saw: (text) => {
      if (tells(text, secrets())) found.add('what was printed');
    },
    found: async (folder) => [...found, ...(await filesTelling(folder, secrets()))],
    stop: () => clearInterval(timer),
  };
}

/** Processes with a secret in their arguments, by the program's name; empty where there is no /proc. */
async function argumentsTelling(secrets: readonly string[]): Promise<string[]> {
  if (secrets.length === 0) return [];
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/u.test(name));
  const found: string[] = [];
  for (const pid of pids) {
    // Processes end while this looks.
    const line = await readFile(join('/proc', pid, 'cmdline'), 'latin1').catch(() => '');
    if (tells(line, secrets)) found.push(line.split('\0')[0] ?? pid);
  }
  return found;
}
