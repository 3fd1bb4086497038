// Pulumi.yaml's `main`. Nothing may be imported before the check: the rest may not load on an older Node.
const NEEDED_MAJOR = 20;
const major = Number(process.versions.node.split('.')[0]);

if (major < NEEDED_MAJOR) {
  process.stderr.write(
    `This program needs Node ${NEEDED_MAJOR} or later, but \`pulumi\` runs it on ${process.versions.node}: put a newer one first on PATH, or use \`reach4 pulumi -- up\`.\n`,
  );
  // What Pulumi's language host takes as "said already", so that it adds nothing (@pulumi/pulumi/cmd/run).
  process.exit(32);
}

const { program } = await import('./program.ts');

/** The stack's outputs. */
export default await program();
