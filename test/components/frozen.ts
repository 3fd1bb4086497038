import { createRequire } from 'node:module';
import type ts from 'typescript';
import { expect } from 'vitest';
import { underMocks } from './mocks.ts';

/** Bytes: what is frozen stays small enough to be read in a state, and holds none of the project's own logic. */
const MAX_LENGTH = 20_000;

const require = createRequire(import.meta.url);

/** A dynamic resource's provider, as the text that is frozen into a state. */
export async function frozenText(name: string, make: () => unknown): Promise<string> {
  const text = (await frozenTexts(make)).get(name);
  if (text === undefined) throw new Error(`no dynamic resource ${name}`);
  return text;
}

/** The same of all that are made, by the resource's name. */
export async function frozenTexts(make: () => unknown): Promise<ReadonlyMap<string, string>> {
  const all = await underMocks(make);
  return new Map(
    all.flatMap(({ name, inputs }) =>
      inputs.__provider === undefined ? [] : [[name, String(inputs.__provider)]],
    ),
  );
}

/** What Pulumi makes of that text at `pulumi destroy`; `globals` stand in front of Node's own. */
export function thawed<Provider>(text: string, globals: Readonly<Record<string, unknown>> = {}): Provider {
  const module: { exports: { handler?: () => Provider } } = { exports: {} };
  const given: Record<string, unknown> = { module, exports: module.exports, require, ...globals };
  new Function(...Object.keys(given), text)(...Object.values(given));
  if (module.exports.handler === undefined) throw new Error('no handler in the frozen text');
  return module.exports.handler();
}

/** The text is small, the parser that Pulumi ships (TypeScript 3.8) reads it, and it loads these modules only. */
export function expectFreezable(text: string, modules: readonly string[]): void {
  expect(text.length).toBeLessThan(MAX_LENGTH);
  const parser = require('@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js') as typeof ts;
  const source = parser.createSourceFile('frozen.js', text, parser.ScriptTarget.Latest);
  // Not in the public types, but there in all versions.
  expect((source as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics).toEqual([]);
  const loaded = [...text.matchAll(/\b(?:require|import)\(["']?([^)"']*)["']?\)/gu)].map(
    ([, what = '']) => what,
  );
  expect([...new Set(loaded)]).toEqual(modules);
}
