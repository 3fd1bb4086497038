import { familyOf } from '../model/address.ts';
import { sshKeys, tcp, web } from '../model/by-hand/reach.ts';
import type { AddressRole, Evidence, TcpOutcome } from '../model/evidence.ts';
import type { System } from '../model/facts/host.ts';
import type { Identity } from '../model/identity.ts';
import { systemOfPlatform } from '../model/platform.ts';
import type { Ports, ServiceHint } from '../ports/ports.ts';
import { evidenceOf, type ProbeContext } from './context.ts';

/** ms after which each attempt starts: far enough apart that one lost packet or burst doesn't fail all of them. */
const STARTS: readonly number[] = [0, 150, 300];
/**
 * ms for all attempts together. SYNs go out after 0, 1 and 3 s (RFC 6298: 1 s, doubled), so that each attempt sends
 * three, and the last may still be answered from the other side of the world.
 */
const CONNECT_TIMEOUT = 4_000;
/** ms; connection, handshake and first answer of a small machine on a slow line. */
const IDENTIFY_TIMEOUT = 4_000;

/** One address to try. */
export interface ReachQuestion {
  readonly address: string;
  readonly port: number;
  /** Why it is tried. */
  readonly roles: readonly AddressRole[];
  readonly hint: ServiceHint;
}

/** Connects three times, a moment apart, and asks who is there as soon as one attempt connects. */
export async function reach(
  { address, port, roles, hint }: ReachQuestion,
  ports: Ports,
  context: ProbeContext,
): Promise<Evidence> {
  const item = evidenceOf('reach', address, context, ports.clock);
  let identity: Promise<Identity> | undefined;
  const attempt = async (start: number): Promise<TcpOutcome> => {
    if (start > 0) {
      const waited = await ports.clock.sleep(start, context.signal).then(
        () => true,
        () => false,
      );
      if (!waited) return { outcome: 'error', code: 'ABORT_ERR', ms: 0 };
    }
    const outcome = await ports.net.connect(address, port, CONNECT_TIMEOUT - start, context.signal);
    if (outcome.outcome === 'connected') {
      identity ??= ports.net.identify(address, port, hint, IDENTIFY_TIMEOUT, context.signal);
    }
    return outcome;
  };
  const attempts = await Promise.all(STARTS.map(attempt));
  const how = commandFor(systemOfPlatform(ports.host.platform), address, port, hint);
  // Attempts that were called off say nothing of the address.
  const made = attempts.filter(({ code }) => code !== 'ABORT_ERR');
  if (made.length === 0) return item.failed({ code: 'interrupted' }, how);
  return item.ok(
    {
      family: familyOf(address),
      address,
      port,
      roles: [...roles],
      attempts: made,
      identity: identity === undefined ? null : await identity,
    },
    how,
  );
}

function commandFor(
  system: System,
  address: string,
  port: number,
  { protocol, name, path }: ServiceHint,
): string {
  switch (protocol) {
    case 'tls':
    case 'http':
      return web(system, { address, port, scheme: protocol === 'tls' ? 'https' : 'http', name, path });
    case 'ssh':
      return sshKeys(system, address, port);
    case 'tcp':
      return tcp(system, address, port);
  }
}
