import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real networks and a real engine on two cores that others use as well.
    testTimeout: 60_000,
    hookTimeout: 600_000,
    // More would only make the time-outs inside the tests less true.
    maxWorkers: 2,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});
