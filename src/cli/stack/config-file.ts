import { join } from 'node:path';
import { Document, isMap, parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { PLAN_CONFIG, type Plan, planSchema } from '../../model/plan.ts';
import type { Files } from '../../ports/ports.ts';
import { readUserFile } from '../read-file.ts';

export const configFile = (stack: string): string => `Pulumi.${stack}.yaml`;

/** The plan in a stack's configuration; null where there is none. @throws UserError where it can't be read */
export async function readPlan(folder: string, stack: string, files: Files): Promise<Plan | null> {
  const text = await readUserFile(join(folder, configFile(stack)), files);
  if (text === null) return null;
  const given: unknown = open(text, stack).toJS()?.config?.[PLAN_CONFIG.key];
  if (given === undefined) return null;
  const { data, error } = planSchema.safeParse(given);
  if (error !== undefined) {
    const what = z.prettifyError(error).replaceAll(/\s*\n\s*/gu, ' ');
    throw new UserError(
      `The plan in ${configFile(stack)} can't be used: ${what}; take the key ${PLAN_CONFIG.key} out and plan again.`,
    );
  }
  return data;
}

/** Puts the plan into the stack's configuration; everything else there, such as `encryptionsalt`, stays. */
export async function writePlan(folder: string, stack: string, plan: Plan, files: Files): Promise<void> {
  const path = join(folder, configFile(stack));
  const document = open((await files.read(path)) ?? '', stack);
  document.setIn(['config', PLAN_CONFIG.key], document.createNode(plan));
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
