import { ensureEngine } from '../engine/engine.ts';
import { ensurePackages } from './packages.ts';

/** Tests that can't run on this machine, and why. */
export interface Unavailable {
  /** Patterns of test files. */
  readonly tests: readonly string[];
  /** One sentence. */
  readonly why: string;
}

/**
 * Gets what tests need once, before any of them runs: Debian's packages, and the Pulumi engine, which takes some
 * minutes to build the first time and is cached.
 */
export async function prepare(): Promise<Unavailable[]> {
  // One after another: apt has one lock, and a build needs both cores.
  const lab = await ensurePackages('lab');
  const peers = await ensurePackages('peers');
  // They run in namespaces, as the lab does.
  const servers = lab ?? (await ensurePackages('servers'));
  const shells = lab ?? (await ensurePackages('shells'));
  const relayHost = lab ?? (await ensurePackages('relay-host'));
  // They run in namespaces, too.
  const outside = lab ?? (await ensurePackages('outside'));
  const engine = await whyNoEngine();
  const missing: readonly (readonly [why: string | undefined, ...tests: string[]])[] = [
    [lab, 'test/lab/**/*.test.ts', 'test/whole-way/**/*.test.ts', 'test/**/kernel.test.ts'],
    [relayHost, 'test/lab/relay-host.test.ts', 'test/lab/connector.test.ts'],
    [
      peers,
      'test/ports/node/identify-*.test.ts',
      'test/probes/proxy-protocol.test.ts',
      'test/cli/collect/ssh.test.ts',
    ],
    [shells, 'test/collect/{kernel,macos}.test.ts', 'test/lab/scripts.test.ts'],
    [servers, 'test/remedies/software.test.ts', 'test/probes/proxy-protocol/haproxy.test.ts'],
    [outside, 'test/outside/ssh/**/*.test.ts'],
    [
      engine,
      'test/engine/**/*.test.ts',
      'test/cli/stack/**/*.test.ts',
      'test/package/**/*.test.ts',
      'test/whole-way/**/*.test.ts',
    ],
  ];
  return missing.flatMap(([why, ...tests]) => (why === undefined ? [] : [{ tests, why }]));
}

async function whyNoEngine(): Promise<string | undefined> {
  try {
    await ensureEngine();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}
