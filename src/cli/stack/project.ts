import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../model/error.ts';
import { PLAN_CONFIG } from '../../model/plan.ts';
import type { Files } from '../../ports/ports.ts';
import { readUserFile } from '../read-file.ts';

const FILE = 'Pulumi.yaml';

/** The compiled program inside the package. */
const PROGRAM = join('dist', 'stacks', 'index.js');

const projectSchema = z.object({
  name: z.string().optional(),
  main: z.string().optional(),
  backend: z.object({ url: z.string().optional() }).nullish(),
});

/** A folder with a Pulumi project of reach4's, or where one can be made. */
export interface Project {
  readonly folder: string;
  /** What Pulumi.yaml must become; null where it is right as it is. */
  readonly pulumiYaml: string | null;
  /** The backend that Pulumi.yaml names. */
  readonly backend: string | null;
}

/**
 * Looks at the folder's Pulumi.yaml.
 * @throws UserError where it belongs to another project, or can't be read
 */
export async function lookAtProject(folder: string, files: Files): Promise<Project> {
  const text = await readUserFile(join(folder, FILE), files);
  if (text === null) return { folder, pulumiYaml: newProject(folder), backend: null };
  const project = readProject(text, folder);
  const main = project.main ?? '';
  if (project.name !== PLAN_CONFIG.project || !main.endsWith('stacks/index.js')) {
    throw new UserError(
      `${join(folder, FILE)} belongs to another Pulumi project ("${project.name ?? 'without a name'}"); expected a folder without one, or with reach4's own.`,
    );
  }
  const found = await files.exists(isAbsolute(main) ? main : join(folder, main));
  return { folder, pulumiYaml: found ? null : withMain(text, folder), backend: project.backend?.url ?? null };
}

function readProject(text: string, folder: string): z.infer<typeof projectSchema> {
  try {
    return projectSchema.parse(parse(text));
  } catch {
    throw new UserError(
      `${join(folder, FILE)} is no Pulumi project that can be read; expected YAML with a name.`,
    );
  }
}

/** The package moved, as by an update of Node: everything else in the file stays. */
function withMain(text: string, folder: string): string {
  const document = parseDocument(text);
  document.set('main', mainFrom(folder));
  return document.toString();
}

const newProject = (folder: string): string =>
  stringify({
    name: PLAN_CONFIG.project,
    description: 'Made by reach4 plan; the program is in the package',
    runtime: { name: 'nodejs', options: { typescript: false } },
    main: mainFrom(folder),
    // A record that somebody deleted by hand is noticed before anything is done.
    options: { refresh: 'always' },
  });

/** Relative where the package is inside the folder, so that the folder can be moved or shared; else absolute. */
function mainFrom(folder: string): string {
  const program = join(packageRoot(), PROGRAM);
  const inside = relative(folder, program);
  return (inside.startsWith('..') || isAbsolute(inside) ? program : inside).replaceAll('\\', '/');
}

/** reach4's own folder, from the compiled file as from its source. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** Letters, digits, "-", "_" and "." are what every backend takes (Pulumi docs, "Stacks"). */
const STACK = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u;

/** The stack's name: the user's choice, or the host with hyphens. @throws UserError for a name that can't be used */
export function stackName(given: string | null, host: string): string {
  if (given === null)
    return host
      .replaceAll(/[^a-z0-9]+/gu, '-')
      .replaceAll(/^-+|-+$/gu, '')
      .slice(0, 100);
  if (!STACK.test(given)) {
    throw new UserError(
      `--stack "${given}" can't be a stack's name; expected letters, digits, "-", "_" or ".", such as home-example-org.`,
    );
  }
  return given;
}
