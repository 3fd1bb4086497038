import type { Ports } from '../../ports/ports.ts';

/** An address on a network that this machine is in, and whose it is. */
export interface Neighbour {
  readonly address: string;
  /** Lower case, two digits each: `0a:1b:2c:3d:4e:5f`. */
  readonly hardware: string;
}

export type ReadNeighbours = (ports: Ports, signal: AbortSignal) => Promise<Neighbour[]>;

/** ms; it reads the kernel's table. */
export const NEIGHBOURS_TIMEOUT = 1_000;

/** `0:1b:63:a:b:c` and `00-1B-63-0A-0B-0C` in one form; null where it isn't one of a host's. */
export function hardwareAddress(text: string): string | null {
  const parts = text.toLowerCase().split(/[:-]/u);
  if (parts.length !== 6 || !parts.every((part) => /^[\da-f]{1,2}$/u.test(part))) return null;
  const hardware = parts.map((part) => part.padStart(2, '0')).join(':');
  // The lowest bit of the first byte says that it is many hosts' (IEEE 802); nobody's is all zeros.
  const isGroup = (Number.parseInt(parts[0] ?? '', 16) & 1) === 1;
  return isGroup || hardware === '00:00:00:00:00:00' ? null : hardware;
}
