import { RESOLVER } from './host-ports.ts';
import { RELAY_TIMES, type RelayTimes, seconds } from './times.ts';

/** What IPv6 has beside 2000::/3, and the special ranges within it (IANA IPv6 Special-Purpose Address Registry). */
const NOT_PUBLIC = [
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
] as const;

/** A file for /etc/unbound/unbound.conf.d: the host's only resolver for what it forwards to. */
export function unboundConfig(times: RelayTimes = RELAY_TIMES): string {
  const options = [
    `interface: ${RESOLVER.address}`,
    `port: ${RESOLVER.port}`,
    'prefer-ip6: yes',
    // The A record of the same name leads to this host: here it doesn't exist. Name servers are still asked over IPv4, which
    // private-address would prevent.
    'module-config: "respip validator iterator"',
    'response-ip: 0.0.0.0/0 redirect',
    ...NOT_PUBLIC.map((prefix) => `private-address: ${prefix}`),
    // Where the authority doesn't answer, the last answer holds (RFC 8767).
    'serve-expired: yes',
    'serve-expired-ttl: 0',
    `serve-expired-client-timeout: ${Math.max(1, Math.round(times.staleAnswer))}`,
    `cache-max-negative-ttl: ${seconds(times.negative)}`,
    `infra-host-ttl: ${seconds(times.deadServer)}`,
    'infra-keep-probing: yes',
    'num-threads: 1',
    'msg-cache-size: 2m',
    'rrset-cache-size: 4m',
    'key-cache-size: 1m',
  ];
  return `server:\n${options.map((option) => `\t${option}\n`).join('')}`;
}
