import { globSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Unavailable } from './prepare.ts';

/**
 * Ends a run with one line for what couldn't run on this machine, and with "N passed, N failed, N skipped" alone on a
 * line, for people and for .ci/run. A test file that couldn't run counts as one skipped test.
 */
export default class ClosingLine implements Reporter {
  readonly #unavailable: readonly Unavailable[];

  constructor({ unavailable }: { unavailable: readonly Unavailable[] }) {
    this.#unavailable = unavailable;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      for (const state of states) count[state] += 1;
      // A file that couldn't be loaded has no tests to count.
      if (module.state() === 'failed' && !states.includes('failed')) count.failed += 1;
    }
    count.failed += errors.length;
    for (const { tests, why } of this.#unavailable) {
      const files = globSync([...tests]).length;
      count.skipped += files;
      process.stdout.write(`\nskipped ${files} test files (${tests.join(', ')}): ${why}\n`);
    }
    const skipped = count.skipped + count.pending;
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`);
  }
}
