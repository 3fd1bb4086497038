import { type CaaSet, caaNames } from '../../model/caa.ts';
import type { StackContext } from './context.ts';

/** ms; the answer of a name server far away, asked by a resolver that has it not yet. */
const LOOK_MS = 5_000;

/**
 * The CAA records that count for a name, as a certificate authority finds them (RFC 8659 3): its own, or the nearest
 * above it. Null where there are none, and where a server wouldn't say: then nothing is claimed of them.
 */
export async function caaOf(name: string, context: StackContext): Promise<CaaSet | null> {
  for (const at of caaNames(name)) {
    const records = await recordsAt(at, context);
    if (records === null) return null;
    if (records.length > 0) return { at, records };
  }
  return null;
}

async function recordsAt(name: string, { ports, signal }: StackContext) {
  for (const server of await ports.dns.resolvers()) {
    const found = await ports.dns.caa({ server, name, recurse: true, timeoutMs: LOOK_MS }, signal);
    if (found !== null) return found;
  }
  return null;
}
