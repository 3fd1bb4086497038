import { configDefaults, defineConfig } from 'vitest/config';
import ClosingLine from './test/support/closing-line.ts';
import { prepare } from './test/support/prepare.ts';

const unavailable = await prepare();

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['./test/support/seed.ts'],
    exclude: [...configDefaults.exclude, ...unavailable.flatMap(({ tests }) => tests)],
    // Real networks and a real engine on two cores that others use as well.
    testTimeout: 60_000,
    hookTimeout: 600_000,
    // One file at a time: those with networks keep both cores busy by themselves, and more would only make the time-outs
    // inside the tests less true.
    maxWorkers: 1,
    maxConcurrency: 4,
    reporters: ['default', new ClosingLine({ unavailable })],
  },
});
