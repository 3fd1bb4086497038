import type { RelayService } from '../../../model/relay.ts';
import { heldAtName } from '../name-state.ts';

/**
 * The server's IPv6 address, where the name's own AAAA is hidden by what the stack is now: proxied by Cloudflare, or out
 * of the zone for a tunnel.
 * @param deployment the stack's state as `pulumi stack export` gives it
 * @returns null where the name leads to the server itself
 */
export function hiddenOrigin(deployment: unknown, host: string): string | null {
  const held = heldAtName(deployment, host);
  if (held === undefined || !held.types.includes('AAAA')) return null;
  return held.previous.find(({ type }) => type === 'AAAA')?.content ?? null;
}

/** Addresses in place of names: nothing is followed there. */
export const fixedOrigins = (services: readonly RelayService[]): string[] => [
  ...new Set(services.map(({ origin }) => origin.host).filter((host) => host.includes(':'))),
];
