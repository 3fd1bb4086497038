import type { Scope } from '../model/address.ts';
import { bracketed } from '../model/address.ts';

/** Why something isn't forwarded. */
export type Refusal =
  /** Neither a host name nor an IPv6 address. */
  | { readonly code: 'not-a-host'; readonly text: string }
  | { readonly code: 'origin-ipv4'; readonly host: string }
  /** `host` is the address itself, or a name that leads there. */
  | {
      readonly code: 'origin-not-public';
      readonly host: string;
      readonly address: string;
      readonly scope: Scope;
    }
  /** A name that only a local network can look up. */
  | { readonly code: 'origin-local-name'; readonly host: string }
  /** A name without AAAA record. */
  | { readonly code: 'origin-without-aaaa'; readonly host: string }
  | { readonly code: 'origin-is-relay'; readonly host: string; readonly address: string }
  /** Two services that can't share the port. */
  | { readonly code: 'port-taken'; readonly protocol: 'tcp' | 'udp'; readonly port: number }
  /** Two services of a port that want the same name. */
  | { readonly code: 'name-taken'; readonly port: number; readonly name: string }
  /** A port that the host's own programs have. */
  | { readonly code: 'port-of-host'; readonly protocol: 'tcp' | 'udp'; readonly port: number }
  /** More services and names than a host can be told of. */
  | { readonly code: 'too-large'; readonly bytes: number; readonly most: number };

const SCOPES: Readonly<Record<Scope, string>> = {
  public: 'public',
  private: 'private',
  shared: 'shared by customers of a provider',
  loopback: 'loopback',
  'link-local': 'link-local',
  'unique-local': 'private (unique local)',
  documentation: 'for documentation',
  multicast: 'multicast',
  unspecified: 'unspecified',
  reserved: 'reserved',
};

/** One sentence for the user. */
export function refusalSentence(refusal: Refusal): string {
  switch (refusal.code) {
    case 'not-a-host':
      return `${JSON.stringify(refusal.text)} is neither a host name nor an IPv6 address.`;
    case 'origin-ipv4':
      return `${refusal.host} is an IPv4 address; a relay leads to an IPv6 address or to a name that has one.`;
    case 'origin-not-public':
      return (
        (refusal.host === refusal.address
          ? bracketed(refusal.host)
          : `${refusal.host} leads to ${refusal.address}, which`) +
        ` is no public address (${SCOPES[refusal.scope]}), so a relay in the internet can't forward to it.`
      );
    case 'origin-local-name':
      return `${refusal.host} is a name for a local network, which the internet can't look up.`;
    case 'origin-without-aaaa':
      return `${refusal.host} has no AAAA record, so a relay can't find its IPv6 address.`;
    case 'origin-is-relay':
      return `${refusal.host} leads to the relay itself (${refusal.address}), which would forward to itself for ever.`;
    case 'port-taken':
      return `Port ${refusal.port} (${refusal.protocol}) is wanted by two services; only services told apart by name (two of TLS, or two of HTTP) can share one.`;
    case 'name-taken':
      return `${refusal.name} is wanted by two services on port ${refusal.port}.`;
    case 'port-of-host':
      return `Port ${refusal.port} (${refusal.protocol}) is used by the relay's own system.`;
    case 'too-large':
      return `So many services and names need ${refusal.bytes} bytes to describe, and a new host takes ${refusal.most}: use several stacks.`;
  }
}
