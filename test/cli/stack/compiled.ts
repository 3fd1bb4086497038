import { execa } from 'execa';
import { packageRoot } from '../../../src/cli/stack/project.ts';

let done: Promise<unknown> | null = null;

/** Compiles the package once in a run, so that the literal `pulumi` runs the program as it is now. */
export function compiled(): Promise<unknown> {
  // What doesn't type-check is another test's business; the compiler writes its output nonetheless.
  done ??= execa('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: packageRoot(), reject: false });
  return done;
}
