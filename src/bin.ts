#!/usr/bin/env node
// Nothing may be imported before the check: the rest doesn't even parse on an old Node.
const needed = [22, 18] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  process.stderr.write(
    `reach4 needs Node ${needed.join('.')} or later, but ${process.execPath} is ${process.versions.node}: install a newer Node, or put it first on PATH.\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('./cli/main.ts');
  const { leave } = await import('./ports/node/leave.ts');
  const code = await main(process.argv.slice(2));
  process.stdout.write('', () => leave(code));
}

export {};
