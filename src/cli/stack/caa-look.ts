import { type CaaSet, caaNames } from '../../model/caa.ts';
import type { StackContext } from './context.ts';
import { askResolvers } from './relay/looks.ts';

/**
 * The CAA records that count for a name, as a certificate authority finds them (RFC 8659 3): its own, or the nearest
 * above it. Null where there are none, and where a server wouldn't say: then nothing is claimed of them.
 */
export async function caaOf(name: string, context: StackContext): Promise<CaaSet | null> {
  for (const at of caaNames(name)) {
    const records = await askResolvers(at, context, (question, { ports, signal }) =>
      ports.dns.caa(question, signal),
    );
    if (records === null) return null;
    if (records.length > 0) return { at, records };
  }
  return null;
}
