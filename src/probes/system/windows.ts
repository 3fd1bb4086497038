import type { Ports } from '../../ports/ports.ts';
import { windowsReading } from '../windows/reading.ts';

/** ms; it reads the own token. */
const WHOAMI_TIMEOUT = 2_000;

/** The mandatory labels High and System: what runs elevated, in any language. */
const ELEVATED = /\bS-1-16-(?:12288|16384)\b/u;
const LABEL = /\bS-1-16-\d+\b/u;

/** The version of Windows, and whether this process is elevated. */
export async function windowsSystem(
  ports: Ports,
  signal: AbortSignal,
): Promise<{ release: string | null; privileged: boolean | null }> {
  const told = (await windowsReading(ports, signal)).section('system');
  if ('facts' in told && told.facts.elevated !== null) {
    return { release: told.facts.version || ports.host.release, privileged: told.facts.elevated };
  }
  const args = ['/groups', '/fo', 'csv', '/nh'];
  const result = await ports.exec.run('whoami', args, { timeoutMs: WHOAMI_TIMEOUT, signal });
  const text = result?.exitCode === 0 ? result.stdout : '';
  return {
    release: ports.host.release,
    privileged: LABEL.test(text) ? ELEVATED.test(text) : ports.host.isRoot,
  };
}
