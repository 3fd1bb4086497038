import { configDefaults, defineConfig } from 'vitest/config';
import ClosingLine from './test/support/closing-line.ts';
import { prepare } from './test/support/prepare.ts';

const unavailable = await prepare();

const EVERY = ['test/**/*.test.ts'];
/** Those with networks of their own that keep both cores busy by themselves, or make what is made once on a machine. */
const LOADED = ['test/lab/{cures,diagnose,files-alone,random,relay-host,relay-reload,scripts}.test.ts'];
/** With networks of their own, where mostly somebody waits for an answer. */
const NETWORKS = [
  'test/lab/**/*.test.ts',
  'test/whole-way/**/*.test.ts',
  'test/**/kernel.test.ts',
  'test/outside/ssh/**/*.test.ts',
];
/** With the real engine. */
const ENGINE = [
  'test/engine/**/*.test.ts',
  'test/cli/stack/**/*.test.ts',
  'test/cli/connector/stack.test.ts',
  'test/package/**/*.test.ts',
];
/** For those that run the program as its users do. */
const COMPILES = ['./test/support/compile.ts'];

export default defineConfig({
  test: {
    setupFiles: ['./test/support/seed.ts'],
    // Real networks and a real engine on two cores that others use as well.
    testTimeout: 60_000,
    hookTimeout: 600_000,
    maxConcurrency: 4,
    reporters: ['default', new ClosingLine({ unavailable })],
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: EVERY,
          exclude: excluded(LOADED, NETWORKS, ENGINE),
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ENGINE,
          exclude: excluded(),
          globalSetup: COMPILES,
          // Each keeps one core busy: that of whichever process it waits for.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'networks',
          include: NETWORKS,
          exclude: excluded(LOADED),
          globalSetup: COMPILES,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'loaded',
          include: LOADED,
          exclude: excluded(),
          globalSetup: COMPILES,
          // One file at a time: more would make the time-outs inside the tests less true.
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});

function excluded(...more: readonly string[][]): string[] {
  return [...configDefaults.exclude, ...unavailable.flatMap(({ tests }) => tests), ...more.flat()];
}
