import type { System } from '../../model/facts/host.ts';
import type { ManualStep } from '../../model/remedy-offer.ts';

/** What the router has to do, and what it does now. */
export interface Forwarding {
  readonly externalPort: number;
  /** The server on the local network; capitals where it isn't known. */
  readonly client: string;
  readonly internalPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** The interface of the server that has the address; null where it isn't known. */
  readonly interface: string | null;
  /** The server's. */
  readonly system: System;
  /** The router's address on the local network; null where it isn't known. */
  readonly gateway: string | null;
  /** URL of the router's UPnP description, as a word of a command; null where it isn't known. */
  readonly description: string | null;
  /** The mapping that is there and leads wrong; null where there is none. */
  readonly wrong: Wrong | null;
  /** There may be one that nothing tells of: set by hand, it shows on the router's page only. */
  readonly unlisted: boolean;
}

export interface Wrong {
  readonly client: string;
  readonly port: number;
  /** Made over UPnP, so that it can be taken away the same way. */
  readonly overUpnp: boolean;
  readonly disabled: boolean;
}

export const ROUTER = 'your router';

export const onRouter = (
  does: string,
  change: ManualStep['change'],
  undo: ManualStep['undo'],
  where: 'router' | 'outer-router' = 'router',
): ManualStep => ({
  where,
  software: where === 'router' ? ROUTER : 'the router in front of yours',
  does,
  change,
  undo,
});
