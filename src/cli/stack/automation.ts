import { delimiter } from 'node:path';
import { UserError } from '../../model/error.ts';
import { type Backend, backendVariables } from './backend.ts';
import type { Engine, Env } from './engine.ts';

/** The engine at work in a project's folder. */
export interface Setting {
  readonly folder: string;
  readonly engine: Engine;
  readonly backend: Backend;
  readonly env: Env;
}

/** Passphrases in clear win over the file, also empty ones (facts/pulumi.md). */
const IN_THE_WAY = 'PULUMI_CONFIG_PASSPHRASE';

/** The environment in which `pulumi` works on the project, with our Node first. */
export function engineEnvironment({ engine, backend, env }: Setting): Record<string, string> {
  const given = Object.entries(env).filter(([name, value]) => value !== undefined && name !== IN_THE_WAY);
  return {
    ...(Object.fromEntries(given) as Record<string, string>),
    ...backendVariables(backend),
    PATH: [...engine.path, env.PATH ?? ''].join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
}

/** How an operation of the engine ended. */
export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'failed'; readonly said: string }
  /** `said`: all that the engine says of the locks. */
  | { readonly ok: false; readonly why: 'locked'; readonly said: string };

export interface Operation {
  readonly onOutput: (text: string) => void;
  readonly color: boolean;
  /** Aborting asks the engine to end in order. */
  readonly signal: AbortSignal;
  /** URNs of resources to make anew although nothing about them has changed. */
  readonly replace?: readonly string[];
}

/** One stack through Pulumi's Automation API. */
export interface AutomatedStack {
  preview(operation: Operation): Promise<Outcome>;
  up(operation: Operation): Promise<Outcome>;
  down(operation: Operation): Promise<Outcome>;
  /** Takes the locks away, whoever has them. */
  unlock(): Promise<void>;
  /** The state, as `pulumi stack export` gives it. */
  state(): Promise<unknown>;
}

/**
 * Opens a stack and selects it for the literal `pulumi` too; null where the backend has none of the name.
 * @param make makes it where there is none
 * @throws UserError where the backend or its passphrase refuses
 */
export async function openStack(
  setting: Setting,
  name: string,
  make: boolean,
): Promise<AutomatedStack | null> {
  // Loaded here: other commands never load Pulumi.
  const automation = await import('@pulumi/pulumi/automation/index.js');
  const { program } = await import('../../../stacks/program.ts');
  const inside = <T>(work: () => Promise<T>): Promise<T> => withEnvironment(engineEnvironment(setting), work);

  const workspace = await inside(() =>
    automation.LocalWorkspace.create({ workDir: setting.folder, program }),
  );
  const open = () =>
    make ? automation.Stack.createOrSelect(name, workspace) : automation.Stack.select(name, workspace);
  let stack: Awaited<ReturnType<typeof open>>;
  try {
    stack = await inside(open);
  } catch (error) {
    if (error instanceof automation.StackNotFoundError) return null;
    if (error instanceof automation.CommandError) throw refused(error, setting);
    throw error;
  }
  const outcomeOf = async (work: () => Promise<unknown>): Promise<Outcome> => {
    try {
      await inside(work);
      return { ok: true };
    } catch (error) {
      if (!(error instanceof automation.CommandError)) throw error;
      if (WRONG_PASSPHRASE.test(error.message)) throw refused(error, setting);
      return error instanceof automation.ConcurrentUpdateError
        ? { ok: false, why: 'locked', said: error.message }
        : { ok: false, why: 'failed', said: diagnostic(error.message) };
    }
  };
  const options = ({ onOutput, color, signal }: Operation) => ({
    onOutput,
    color: color ? ('always' as const) : ('never' as const),
    signal,
    suppressProgress: true,
  });
  return {
    preview: (operation) =>
      outcomeOf(() => stack.preview({ ...options(operation), ...replaced(operation), diff: true })),
    up: (operation) => outcomeOf(() => stack.up({ ...options(operation), ...replaced(operation) })),
    down: (operation) => outcomeOf(() => stack.destroy(options(operation))),
    unlock: () => inside(() => stack.cancel()),
    state: () =>
      inside(async () => (await stack.exportStack()).deployment as unknown).catch((error: Error) => {
        throw error instanceof automation.CommandError ? refused(error, setting) : error;
      }),
  };
}

const replaced = ({ replace = [] }: Operation): { replace?: string[] } =>
  replace.length === 0 ? {} : { replace: [...replace] };

/** The Automation API adds to the process's own environment and can't take away: so it is lent for the while. */
async function withEnvironment<T>(environment: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  replaceEnvironment(environment);
  try {
    return await work();
  } finally {
    replaceEnvironment(before);
  }
}

function replaceEnvironment(wanted: Env): void {
  for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name];
  Object.assign(process.env, wanted);
}

/** Pulumi's words (pkg/secrets/passphrase, ErrIncorrectPassphrase). */
const WRONG_PASSPHRASE = /incorrect passphrase/u;

function refused(error: Error, { backend }: Setting): UserError {
  const said = diagnostic(error.message);
  if (WRONG_PASSPHRASE.test(error.message)) {
    return new UserError(
      `The state in ${backend.url} was made with another passphrase than the one in ${backend.passphraseFile}; expected that one, as --passphrase-file FILE.`,
    );
  }
  return new UserError(`Pulumi can't open the stack in ${backend.url}: ${said}`);
}

/** Sentences that only say that something was said before. */
const EMPTY_SENTENCES = /^(?:update|preview|destroy|refresh|resource) failed$|^an unhandled error occurred/u;

/** How providers begin a list of errors; the first one follows on the next line. */
const LIST_OF_ERRORS = /error: \d+ errors? occurred:\s*\*?[ \t]*/gu;

/** The one line that says what went wrong, out of a message that repeats everything. */
export function diagnostic(message: string): string {
  const lines = message
    .replaceAll(LIST_OF_ERRORS, 'error: ')
    .split('\n')
    .flatMap((line) => /^\s*error: (.*\S)\s*$/u.exec(line)?.[1] ?? [])
    .filter((line) => !EMPTY_SENTENCES.test(line));
  return lines[0] ?? message.split('\n').find((line) => line.trim() !== '') ?? 'no reason given';
}
