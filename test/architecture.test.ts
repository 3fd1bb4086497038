import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  /** What the import says. */
  readonly text: string;
  /** The file it means, from the root; null for packages. */
  readonly to: string | null;
  readonly typeOnly: boolean;
  /** `import(…)`, which loads when it is reached. */
  readonly dynamic: boolean;
}

const files = globSync('{src,stacks}/**/*.ts', { cwd: ROOT }).sort();
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, dynamic: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { text } = specifier;
    const to = text.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), text)) : null;
    found.push({ file, text, to, typeOnly, dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause), false);
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly, false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true, false);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false, true);
    }
    // In the frozen functions of dynamic resources, which run as CommonJS.
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require') {
      add(node.arguments[0], false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  const names = clause.namedBindings;
  const allTypes =
    clause.name === undefined &&
    names !== undefined &&
    ts.isNamedImports(names) &&
    names.elements.length > 0 &&
    names.elements.every((element) => element.isTypeOnly);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes;
}

/** `src/model/view/case.ts` is in `model`, `src/bin.ts` in `src`, `stacks/index.ts` in `stacks`. */
function folderOf(file: string): string {
  const [top = '', folder = '', ...rest] = file.split('/');
  return top === 'src' && rest.length > 0 ? folder : top;
}

/** What each folder may import besides itself (design.md section 3). */
const ALLOWED: Readonly<Record<string, readonly string[] | 'everything'>> = {
  model: [],
  ports: ['model'],
  probes: ['ports', 'model'],
  agent: ['probes', 'ports', 'model'],
  /** What a machine without Node prints, read by the probes here. */
  collect: ['probes', 'ports', 'model'],
  outside: ['agent', 'probes', 'ports', 'model'],
  causes: ['model'],
  remedies: ['model'],
  relay: ['model'],
  connector: ['model'],
  components: ['remedies', 'relay', 'model'],
  /** Whether a new host forwards, found out before the address moves to it. */
  proof: ['agent', 'relay', 'ports', 'model'],
  stacks: ['components', 'proof', 'cloud', 'agent', 'remedies', 'relay', 'ports', 'model'],
  cloud: ['ports', 'model'],
  report: ['model'],
  cli: 'everything',
  src: 'everything',
};

const say = ({ file, text }: Import, rule: string): string => `${file} imports ${text}: ${rule}`;

test('imports point one way', () => {
  const wrong = imports.flatMap((each) => {
    if (each.to === null) return [];
    const from = folderOf(each.file);
    const to = folderOf(each.to);
    const allowed = ALLOWED[from];
    if (allowed === undefined) return [`${each.file}: the folder ${from} has no rule in this test`];
    if (allowed === 'everything' || from === to || allowed.includes(to)) return [];
    return [say(each, `${from} may import only ${allowed.join(', ') || 'itself'}`)];
  });
  expect(wrong).toEqual([]);
});

/** Contracts and helpers that several of a kind share; everything else is one of its kind. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  probes: ['context', 'shell', 'dns', 'router', 'stun-message', 'windows', 'macos'],
  causes: ['cause', 'next', 'registry', 'sight', 'silence'],
  remedies: ['dns-records', 'lost-ports', 'manual', 'origin', 'registry', 'web-edge'],
};

/** A system's own half of all the probes: what it needs of each stands with that probe. */
const SYSTEMS: readonly string[] = ['macos'];

/** `src/causes/dns/zone.ts` belongs to the cause `dns`, as `src/causes/dns.ts` does. */
const memberOf = (file: string): string => file.split('/')[2]?.replace(/\.ts$/u, '') ?? '';

test('probes, causes and remedies never import one another', () => {
  const wrong = imports.flatMap((each) => {
    const kind = folderOf(each.file);
    const shared = SHARED[kind];
    if (shared === undefined || each.to === null || folderOf(each.to) !== kind) return [];
    const [from, to] = [memberOf(each.file), memberOf(each.to)];
    if (from === to || from === 'registry' || SYSTEMS.includes(from) || shared.includes(to)) return [];
    return [say(each, `${kind} meet only in their registry`)];
  });
  expect(wrong).toEqual([]);
});

/** What opens sockets or runs commands. */
const WORLD =
  /^(?:node:)?(?:net|dgram|dns|dns\/promises|tls|http|https|http2|child_process|cluster|worker_threads)$|^(?:execa|undici|ws)$/u;

/** Frozen into the state of a stack, and run from there alone: no port reaches them, they load what they need themselves. */
const isFrozen = (file: string): boolean =>
  file.startsWith('src/components/') &&
  // Of leftovers, each cloud's part stands in a file of its own and gets its life from `lifecycle`.
  /extends pulumi\.dynamic\.Resource|\blifecycle\(\{/u.test(readFileSync(join(ROOT, file), 'utf8'));

test('only the ports touch the network and run commands', () => {
  const wrong = imports
    .filter(({ file, text, typeOnly }) => !typeOnly && WORLD.test(text) && folderOf(file) !== 'ports')
    .filter(({ file, dynamic }) => !(dynamic && isFrozen(file)))
    .map((each) => say(each, 'only src/ports opens sockets and runs commands'));
  expect(wrong).toEqual([]);
});

test('clients of clouds are loaded where clouds are spoken to, or where a frozen resource needs one', () => {
  const wrong = imports
    .filter(({ text, typeOnly }) => !typeOnly && text.startsWith('@aws-sdk/'))
    // They sign requests and find credentials in a way of their own, and open their sockets themselves.
    .filter(({ file, dynamic }) => folderOf(file) !== 'cloud' && !(dynamic && isFrozen(file)))
    .map((each) => say(each, 'only src/cloud and frozen resources use a client of a cloud'));
  expect(wrong).toEqual([]);
});

const READS_FILES = ['ports', 'cli', 'src'];

test('only the ports, and the commands for their own package, read files', () => {
  const wrong = imports
    .filter(({ file, text, typeOnly }) => {
      return (
        !typeOnly && /^(?:node:)?fs(?:\/promises)?$/u.test(text) && !READS_FILES.includes(folderOf(file))
      );
    })
    .map((each) => say(each, 'files go through src/ports'));
  expect(wrong).toEqual([]);
});

/** Files and packages that are loaded when a file is, each with the way there. */
function loadedBy(start: string): Map<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[start, [start]]]);
  for (const [file, way] of ways) {
    for (const { file: from, to, text, typeOnly, dynamic } of imports) {
      const next = to ?? text;
      if (from === file && !typeOnly && !dynamic && !ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return ways;
}

test('diagnose never loads Pulumi, or the client of a cloud', () => {
  const starts = files.filter((file) => file.startsWith('src/cli/diagnose/') || file === 'src/bin.ts');
  expect(starts).toContain('src/cli/diagnose/command.ts');
  const wrong = starts.flatMap((start) =>
    [...loadedBy(start)]
      .filter(([loaded]) => /^@(?:pulumi|aws-sdk)\//u.test(loaded))
      .map(([loaded, way]) => `${start} imports ${loaded}: diagnose must not load it (${way.join(' > ')})`),
  );
  expect(wrong).toEqual([]);
});

test('every import is of a file that is there', () => {
  const wrong = imports
    .filter(({ to }) => to !== null && /^(?:src|stacks)\//u.test(to) && !files.includes(to))
    .map((each) => say(each, 'there is no such file'));
  expect(wrong).toEqual([]);
});

test('no file imports itself over others', () => {
  const wrong = files.flatMap((file) => {
    const back = imports.find(
      ({ file: from, to, typeOnly, dynamic }) =>
        to === file && !typeOnly && !dynamic && loadedBy(file).has(from),
    );
    return back === undefined ? [] : [`${file} is imported by ${back.file}, which it needs itself: a circle`];
  });
  expect(wrong).toEqual([]);
});

/** Lines of a file that still reads as one thought (design.md section 8). */
const MAX_LINES = 250;

test('no file is longer than a reader takes in', () => {
  const wrong = files
    .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ file, lines }) => `${file}: ${lines} lines, at most ${MAX_LINES}`);
  expect(wrong).toEqual([]);
});
