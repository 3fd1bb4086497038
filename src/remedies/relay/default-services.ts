import type { RelayService } from '../../model/relay.ts';
import type { Target } from '../../model/target.ts';

/** What the server was seen to have beside the service of the diagnosis. */
export interface Beside {
  /** HTTP on port 80, under the same name. */
  readonly http: boolean;
  /** HTTP/3, by the service's own word (Alt-Svc, RFC 7838). */
  readonly http3: boolean;
}

/**
 * What a relay forwards where the user says nothing: the diagnosis's service, and what belongs to it. HTTP beside TLS, so
 * that certificate challenges and redirects work; HTTP/3 because browsers that once heard of it try nothing else.
 */
export function defaultServices({ host, hostKind, port, protocol }: Target, beside: Beside): RelayService[] {
  const origin = { host, port };
  const tcp: RelayService = { kind: 'tcp', port, origin, proxyProtocol: false };
  if (protocol === 'udp') return [{ kind: 'udp', port, origin }];
  // Without a name there is nothing to tell apart by.
  if ((protocol !== 'tls' && protocol !== 'http') || hostKind !== 'name') return [tcp];
  const named = { names: [host], proxyProtocol: false };
  if (protocol === 'http') return [{ kind: 'http', port, origin, ...named }];
  if (port !== HTTPS) return [{ kind: 'tls', port, origin, ...named }];
  return [
    { kind: 'tls', port, origin, ...named },
    ...(beside.http
      ? [{ kind: 'http', port: HTTP, origin: { host, port: HTTP }, ...named } satisfies RelayService]
      : []),
    ...(beside.http3 ? [{ kind: 'udp', port, origin } satisfies RelayService] : []),
  ];
}

export const HTTP = 80;
const HTTPS = 443;

/** Names that lead to the relay: the target's, and those that services are told apart by. */
export function relayedNames({ host, hostKind }: Target, services: readonly RelayService[]): string[] {
  const told = services.flatMap((service) => ('names' in service ? service.names : []));
  return [...new Set([...(hostKind === 'name' ? [host] : []), ...told])];
}
