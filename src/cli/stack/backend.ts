import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../../model/error.ts';
import { shellQuoted } from '../../model/shell.ts';
import type { PrivateFiles } from '../../ports/node/private-file.ts';
import type { Files } from '../../ports/ports.ts';
import { configFolder, PROJECT_FOLDER } from '../places.ts';
import type { Env } from './engine.ts';
import type { Project } from './project.ts';
import type { Settings } from './settings.ts';

/** Where the stacks' state is, and what protects it. */
export interface Backend {
  /** As Pulumi takes it; always absolute. */
  readonly url: string;
  /** Null for Pulumi's service, which keeps the key itself. */
  readonly passphraseFile: string | null;
  /** What to remember: null is the folder inside the project. */
  readonly chosen: string | null;
}

interface Choice {
  /** `--backend` */
  readonly backend: string | null;
  /** `--passphrase-file` */
  readonly passphraseFile: string | null;
  readonly env: Env;
}

/** Bytes of a passphrase: as strong as the AES-256 key that Pulumi derives from it. */
const PASSPHRASE_BYTES = 32;

const stateFolder = (folder: string): string => join(folder, PROJECT_FOLDER, 'state');

/**
 * Without the files that the engine puts beside each of its own (gocloud.dev, blob/fileblob): it writes them in place, and
 * an engine that is killed at that moment leaves an empty one, with which it can't read the state any more ("failed to
 * load checkpoint: EOF"). The state itself is replaced as a whole.
 */
const stateUrl = (folder: string): string => `${pathToFileURL(stateFolder(folder)).href}?metadata=skip`;

const STATE_README = `Pulumi keeps the state of reach4's stacks here: what was made, and what was there before.
Without it reach4 can't take its work down again. It is encrypted where it must be; the
passphrase is outside this folder (see ../stack.json).
`;

/**
 * Which backend holds the project's state. The first choice is remembered: `--backend`, else PULUMI_BACKEND_URL, else
 * Pulumi.yaml's, else a folder inside the project.
 * @throws UserError where another one is asked for later
 */
export function chooseBackend(choice: Choice, project: Project, settings: Settings | null): Backend {
  const { folder } = project;
  const chosen = choice.backend === null ? null : absolute(choice.backend, folder);
  if (settings !== null && chosen !== null && chosen !== settings.backend) {
    const kept = settings.backend ?? stateUrl(folder);
    if (chosen !== kept) {
      throw new UserError(
        `The state of this folder's stacks is kept in ${kept}, and --backend asks for ${chosen}; expected the same, or that you move it with \`pulumi stack export\` and \`import\` and delete ${join(PROJECT_FOLDER, 'stack.json')}.`,
      );
    }
  }
  const url =
    settings === null ? (chosen ?? fromEnv(choice.env, folder) ?? projectBackend(project)) : settings.backend;
  return {
    url: url ?? stateUrl(folder),
    chosen: url,
    passphraseFile: /^https?:/u.test(url ?? '')
      ? null
      : (choice.passphraseFile ?? settings?.passphraseFile ?? newPassphraseFile(folder)),
  };
}

const OURS = new RegExp(`/${PROJECT_FOLDER}/state(?:\\?.*)?$`, 'u');

/** One that an `export` line of ours left in the shell is no choice for other folders. */
function fromEnv({ PULUMI_BACKEND_URL: url }: Env, folder: string): string | null {
  if (url === undefined || url === '' || OURS.test(url)) return null;
  return absolute(url, folder);
}

const projectBackend = ({ backend, folder }: Project): string | null =>
  backend === null ? null : absolute(backend, folder);

/** `file://./x` would mean another folder with each working directory (facts/pulumi.md). @throws UserError for no URL */
function absolute(url: string, folder: string): string {
  if (!/^[a-z][a-z0-9]*:\/\//u.test(url)) {
    throw new UserError(
      `"${url}" is no Pulumi backend; expected a URL such as file:///srv/state, s3://bucket or https://api.pulumi.com.`,
    );
  }
  const path = url.slice('file://'.length);
  if (!url.startsWith('file://') || path.startsWith('/') || path.startsWith('~')) return url;
  return pathToFileURL(resolve(folder, path)).href;
}

const newPassphraseFile = (folder: string): string => {
  const name = basename(folder).replaceAll(/[^A-Za-z0-9._-]+/gu, '-') || 'root';
  return join(configFolder(), 'passphrases', `${name}-${randomBytes(4).toString('hex')}`);
};

/**
 * Makes what a backend needs before its first use: the state folder and a random passphrase.
 * @returns whether the passphrase is a new one
 * @throws UserError where the passphrase is gone, empty or open to others, or a folder is missing
 */
export async function prepareBackend(
  backend: Backend,
  project: Project,
  known: boolean,
  world: { readonly files: Files; readonly privateFiles: PrivateFiles },
): Promise<boolean> {
  if (backend.chosen === null) {
    await world.privateFiles.create(join(project.folder, PROJECT_FOLDER, '.gitignore'), '*\n');
    await world.privateFiles.create(join(stateFolder(project.folder), 'README'), STATE_README);
  } else if (backend.url.startsWith('file:///') && !(await world.files.exists(fileURLToPath(backend.url)))) {
    throw new UserError(`The folder of the backend ${backend.url} doesn't exist; expected one that does.`);
  }
  const { passphraseFile: path } = backend;
  if (path === null) return false;
  const isOurs = path.startsWith(join(configFolder(), 'passphrases'));
  const made =
    !known && isOurs
      ? await world.privateFiles.create(path, randomBytes(PASSPHRASE_BYTES).toString('base64url'))
      : false;
  await checkPassphrase(path, world.privateFiles);
  return made;
}

async function checkPassphrase(path: string, files: PrivateFiles): Promise<void> {
  const file = await files.read(path).catch((error: Error) => {
    throw new UserError(
      `The passphrase file ${path} can't be read (${error.message}); expected a small text file.`,
    );
  });
  if (file === null) {
    throw new UserError(
      `The passphrase file ${path} is gone; expected the file that the state in this folder was made with (restore it from a backup, or name another with --passphrase-file).`,
    );
  }
  if (file.text.trim() === '') {
    throw new UserError(`The passphrase file ${path} is empty; expected a passphrase in it.`);
  }
  if (file.exposed) {
    throw new UserError(
      `The passphrase file ${path} is open to other users; expected mode 0600 (chmod 600 ${path}).`,
    );
  }
}

/** What `pulumi` needs in its environment to work on the stacks, besides the API token. */
export const backendVariables = ({ url, passphraseFile }: Backend): Record<string, string> => ({
  PULUMI_BACKEND_URL: url,
  ...(passphraseFile === null ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile }),
});

/** One line for a POSIX shell, after which the literal `pulumi` works in the project's folder. */
export function exportLine(backend: Backend): string {
  const assignments = Object.entries(backendVariables(backend)).map(
    ([name, value]) => `${name}=${shellQuoted(value)}`,
  );
  // A passphrase in the environment would beat the file (facts/pulumi.md).
  const unset = backend.passphraseFile === null ? '' : '; unset PULUMI_CONFIG_PASSPHRASE';
  return `export ${assignments.join(' ')}${unset}`;
}
