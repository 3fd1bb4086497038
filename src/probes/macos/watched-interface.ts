import type { Ports } from '../../ports/ports.ts';
import { isInner } from './ifconfig.ts';

/**
 * The one interface that packets from outside come in by; null where there are several or none. macOS has no `any`: its
 * `pktap` takes several, in a form of its own (Apple's tcpdump(1), -i), and what wasn't watched can't be told from what
 * never came.
 */
export function watchedInterface({ host }: Ports): string | null {
  const names = new Set(
    host
      .interfaces()
      .filter(({ interface: name, address }) => !isInner(name) && !address.startsWith('fe80:'))
      .map((each) => each.interface),
  );
  const [only] = names;
  return names.size === 1 ? (only ?? null) : null;
}
