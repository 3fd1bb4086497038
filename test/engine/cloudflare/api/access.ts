import { denial } from '../errors.ts';
import type { Zone } from '../zone.ts';

/** What a token may do, in Cloudflare's terms: Zone:Read, DNS:Read or DNS:Edit, Cloudflare Tunnel:Read or :Edit. */
export interface TokenRights {
  zone: 'none' | 'read';
  dns: 'none' | 'read' | 'edit';
  /** Of the account; none if not given. */
  tunnel?: 'none' | 'read' | 'edit';
  /** Names of the zones that it is limited to; all of them if not given. */
  zones?: string[];
}

/** Rights by token. */
export type Tokens = Record<string, TokenRights>;

/** What reach4 asks for: Zone:Read and DNS:Edit (facts (f)). */
export const dnsEdit: TokenRights = { zone: 'read', dns: 'edit' };

/** What a tunnel needs beside it: Account > Cloudflare Tunnel > Edit (facts (f)). */
export const tunnelEdit: TokenRights = { ...dnsEdit, tunnel: 'edit' };

/** A token in the real form (`^[0-9A-Za-z\-_]{40,80}$`, facts (a)), recognisable in a leak. */
export function testToken(name: string): string {
  return `test-token-${name}-`.padEnd(40, '0');
}

const BEARER = /^Bearer ([0-9A-Za-z_-]{40,80})$/;

/** The rights of a request, or undefined if nobody knows its token. */
export function rightsOf(authorization: string | undefined, tokens: Tokens): TokenRights | undefined {
  if (authorization === undefined) {
    throw denial.noToken();
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) {
    throw denial.malformedToken();
  }
  return Object.hasOwn(tokens, token) ? tokens[token] : undefined;
}

export function seesZone(rights: TokenRights, zone: Zone): boolean {
  return rights.zone !== 'none' && inScope(rights, zone);
}

export function demandDns(rights: TokenRights, zone: Zone, level: 'read' | 'edit'): void {
  const enough = rights.dns === 'edit' || (level === 'read' && rights.dns === 'read');
  if (!enough || !inScope(rights, zone)) {
    throw denial.noAccess();
  }
}

/** A right of the account: which zones the token is for doesn't matter. */
export function demandTunnel({ tunnel = 'none' }: TokenRights, level: 'read' | 'edit'): void {
  if (tunnel !== 'edit' && tunnel !== level) {
    throw denial.noAccess();
  }
}

function inScope(rights: TokenRights, zone: Zone): boolean {
  return rights.zones === undefined || rights.zones.includes(zone.name);
}
