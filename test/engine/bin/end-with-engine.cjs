// Preloaded into plugins: the engine holds the other end of stdin, so an engine that was killed leaves nothing behind.
process.stdin
  .on('end', () => process.exit(0))
  .on('error', () => process.exit(0))
  .resume();
