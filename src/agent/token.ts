import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../model/error.ts';
import { shellQuoted } from '../model/shell.ts';
import type { PrivateFile, PrivateFiles } from '../ports/node/private-file.ts';
import { plainText } from '../ports/plain-text.ts';

/** The variable that holds the token where there is no file for it. */
const TOKEN_VARIABLE = 'REACH4_AGENT_TOKEN';

/** Whoever watches one look can try tokens at home, so that guessing has to be hopeless: 32 random characters are. */
const MIN_LENGTH = 32;
/** Longer ones gain nothing. */
const MAX_LENGTH = 256;
/** 32 random hexadecimal digits have fewer than this many different ones once in a hundred thousand times. */
const MIN_DISTINCT = 8;
/** Random bytes of a token made here: as many as the keys derived from it have. */
const NEW_TOKEN_BYTES = 32;

export interface TokenSource {
  /** The user's choice (`--token-file`); null for the environment, and without that for the default file. */
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Makes a new token where the file doesn't exist. */
  readonly createIfMissing: boolean;
  /** Home of whoever called `sudo`: their file counts where root has none. */
  readonly callersHome?: string | null;
}

export interface LoadedToken {
  readonly token: string;
  /** The file that it is in; null for the environment. */
  readonly file: string | null;
  readonly created: boolean;
}

/**
 * The token that an agent and those who may use it share.
 *
 * @throws UserError where there is none, where others can read the file, or where it is too weak or garbled. The
 *   sentence never holds the token.
 */
export async function loadToken(
  { file: chosen, env, createIfMissing, callersHome = null }: TokenSource,
  files: PrivateFiles,
): Promise<LoadedToken> {
  const fromEnvironment = env[TOKEN_VARIABLE];
  if (chosen === null && fromEnvironment !== undefined && fromEnvironment !== '') {
    return { token: valid(fromEnvironment, `the variable ${TOKEN_VARIABLE}`), file: null, created: false };
  }
  const first = chosen ?? defaultTokenFile(env);
  const created = createIfMissing && (await make(first, files));
  const places = [first, ...(chosen === null && callersHome !== null ? [inHome(callersHome)] : [])];
  const { file, found } = await firstOf(places, files);
  if (found === null) throw new UserError(missing(first, env.SUDO_UID !== undefined));
  if (found.exposed) {
    throw new UserError(
      `The token file ${file} can be read or changed by others; make it yours alone (chmod 600 ${shellQuoted(file)}) and, if others use this machine, replace the token.`,
    );
  }
  return { token: valid(found.text, `the token file ${file}`), file, created };
}

/** `${XDG_CONFIG_HOME:-~/.config}/reach4/agent-token`, on both machines (XDG Base Directory Specification). */
export function defaultTokenFile(env: TokenSource['env']): string {
  const config = env.XDG_CONFIG_HOME;
  // The specification has relative paths ignored.
  return config !== undefined && isAbsolute(config) ? join(config, ...PLACE) : inHome(env.HOME ?? homedir());
}

const PLACE = ['reach4', 'agent-token'] as const;
const inHome = (home: string): string => join(home, '.config', ...PLACE);

/** How the token gets to the other machine: for `reach4 agent` to say when it has made one. */
export const howToCopy = (file: string): string =>
  `Copy it to the machine where you diagnose, into a folder that exists: scp -p THIS-HOST:${shellQuoted(file)} ~/.config/reach4/agent-token`;

async function make(file: string, files: PrivateFiles): Promise<boolean> {
  try {
    return await files.create(file, `${randomBytes(NEW_TOKEN_BYTES).toString('base64url')}\n`);
  } catch (error) {
    throw new UserError(`The token file ${file} can't be made: ${why(error)}.`, { cause: error });
  }
}

async function firstOf(
  places: readonly string[],
  files: PrivateFiles,
): Promise<{ file: string; found: PrivateFile | null }> {
  for (const file of places) {
    const found = await readFile(file, files);
    if (found !== null) return { file, found };
  }
  return { file: places[0] ?? '', found: null };
}

async function readFile(file: string, files: PrivateFiles): Promise<PrivateFile | null> {
  try {
    return await files.read(file);
  } catch (error) {
    throw new UserError(`The token file ${file} can't be read: ${why(error)}.`, { cause: error });
  }
}

const missing = (file: string, bySudo: boolean): string =>
  `There is no agent token: neither the file ${file} nor the variable ${TOKEN_VARIABLE} exists; copy the file from the agent's machine (reach4 agent makes it on its first run)${bySudo ? `, or let sudo pass the variable on (--preserve-env=${TOKEN_VARIABLE})` : ''}.`;

function valid(text: string, where: string): string {
  const token = text.trim();
  const refuse = (what: string): never => {
    throw new UserError(
      `The token in ${where} ${what}; expected ${MIN_LENGTH} to ${MAX_LENGTH} random letters, digits or signs on one line.`,
    );
  };
  if (!/^[\x21-\x7e]*$/u.test(token)) refuse('has spaces, line breaks or characters other than ASCII');
  if (token.length < MIN_LENGTH) refuse(`has only ${token.length} characters`);
  if (token.length > MAX_LENGTH) refuse(`has ${token.length} characters`);
  if (new Set(token).size < MIN_DISTINCT) refuse('repeats the same few characters');
  return token;
}

const why = (error: unknown): string =>
  plainText(error instanceof Error ? error.message : String(error), 200);
