import { join } from 'node:path';
import { Document, isMap, parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { PLAN_CONFIG, type Plan, planSchema } from '../../model/plan.ts';
import type { Files } from '../../ports/ports.ts';
import { readUserFile } from '../read-file.ts';

export const configFile = (stack: string): string => `Pulumi.${stack}.yaml`;

/** The key of the plan that a stack is up with, while another remedy is planned and not made yet. */
const BEFORE_KEY = `${PLAN_CONFIG.project}:plan-before`;

/** What a stack's configuration holds of plans. */
export interface Plans {
  /** The one that `up` carries out. */
  readonly plan: Plan | null;
  /** The one that the stack is up with, where that is of another remedy: so that who changes their mind gets it back. */
  readonly before: Plan | null;
}

/** The plans in a stack's configuration. @throws UserError where one can't be read */
export async function readPlans(folder: string, stack: string, files: Files): Promise<Plans> {
  const text = await readUserFile(join(folder, configFile(stack)), files);
  const config: unknown = text === null ? undefined : open(text, stack).toJS()?.config;
  const at = (key: string): Plan | null => {
    const given = (config as Readonly<Record<string, unknown>> | undefined)?.[key];
    if (given === undefined) return null;
    const { data, error } = planSchema.safeParse(given);
    if (error === undefined) return data;
    const what = z.prettifyError(error).replaceAll(/\s*\n\s*/gu, ' ');
    throw new UserError(
      `The plan in ${configFile(stack)} can't be used: ${what}; take the key ${key} out and plan again.`,
    );
  };
  return { plan: at(PLAN_CONFIG.key), before: at(BEFORE_KEY) };
}

/** The plan in a stack's configuration; null where there is none. @throws UserError where it can't be read */
export const readPlan = async (folder: string, stack: string, files: Files): Promise<Plan | null> =>
  (await readPlans(folder, stack, files)).plan;

/** Puts the plans into the stack's configuration; everything else there, such as `encryptionsalt`, stays. */
export async function writePlans(
  folder: string,
  stack: string,
  { plan, before }: Plans & { readonly plan: Plan },
  files: Files,
): Promise<void> {
  const path = join(folder, configFile(stack));
  const document = open((await files.read(path)) ?? '', stack);
  document.setIn(['config', PLAN_CONFIG.key], document.createNode(plan));
  if (before === null) document.deleteIn(['config', BEFORE_KEY]);
  else document.setIn(['config', BEFORE_KEY], document.createNode(before));
  await files.write(path, print(document));
}

/**
 * Takes out the salt of a passphrase that is gone, where nothing is encrypted with it.
 * @throws UserError where something is
 */
export async function forgetSalt(folder: string, stack: string, files: Files): Promise<void> {
  const path = join(folder, configFile(stack));
  const text = await files.read(path);
  if (text === null) return;
  const document = open(text, stack);
  if (!document.has('encryptionsalt')) return;
  if (/^\s*-?\s*secure:/mu.test(text)) {
    throw new UserError(
      `${configFile(stack)} holds values encrypted with another passphrase than this folder's; expected that passphrase, as --passphrase-file FILE.`,
    );
  }
  document.delete('encryptionsalt');
  await files.write(path, print(document));
}

function open(text: string, stack: string): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !(document.contents === null || isMap(document.contents))) {
    throw new UserError(
      `${configFile(stack)} is no YAML that can be read; expected a stack's configuration.`,
    );
  }
  return document.contents === null ? new Document({}) : document;
}

// Text in quotes: Pulumi's parser takes more than YAML 1.2's for numbers, dates and booleans.
const print = (document: Document): string =>
  document.toString({ defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 });
