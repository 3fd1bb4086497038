import type { Ports } from '../ports/ports.ts';
import type { ProbeContext } from './context.ts';
import { linuxNeighbours } from './neighbours/linux.ts';
import { macNeighbours } from './neighbours/macos.ts';
import type { Neighbour, ReadNeighbours } from './neighbours/neighbour.ts';
import { windowsNeighbours } from './neighbours/windows.ts';

/** Neighbours kept; a home has some dozen. */
const MAX_NEIGHBOURS = 1_024;

/** How each system tells its table of neighbours; others tell none. */
const READ: Readonly<Partial<Record<NodeJS.Platform, ReadNeighbours>>> = {
  linux: linuxNeighbours,
  darwin: macNeighbours,
  win32: windowsNeighbours,
};

/** Which hardware addresses the system knows of its neighbours; empty where it doesn't tell. Nothing is sent. */
export async function neighbours(ports: Ports, context: Pick<ProbeContext, 'signal'>): Promise<Neighbour[]> {
  const read = READ[ports.host.platform];
  const found = read === undefined ? [] : await read(ports, context.signal);
  return found.slice(0, MAX_NEIGHBOURS);
}
