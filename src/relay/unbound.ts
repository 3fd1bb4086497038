import { RECURSOR, RESOLVER } from './host-ports.ts';
import { SPECIAL_IPV6 } from './not-public.ts';
import { RELAY_TIMES, type RelayTimes, seconds } from './times.ts';

/** A file for /etc/unbound/unbound.conf.d: asks the internet, and remembers. */
export function recursorConfig(times: RelayTimes = RELAY_TIMES): string {
  return server([
    `interface: ${RECURSOR.address}`,
    `port: ${RECURSOR.port}`,
    'prefer-ip6: yes',
    'module-config: "validator iterator"',
    // Where the authority doesn't answer, the last answer holds (RFC 8767).
    'serve-expired: yes',
    'serve-expired-ttl: 0',
    `serve-expired-client-timeout: ${Math.max(1, Math.round(times.staleAnswer))}`,
    `cache-max-negative-ttl: ${seconds(times.negative)}`,
    `infra-host-ttl: ${seconds(times.deadServer)}`,
    'infra-keep-probing: yes',
    ...modest(4),
  ]);
}

/** What is no public IPv6 address: IPv4, and what IPv6 has beside 2000::/3, or within it for other ends. */
const NOT_PUBLIC = ['0.0.0.0/0', '::/3', '4000::/2', '8000::/1', ...SPECIAL_IPV6] as const;

/**
 * A configuration of its own for a second unbound, which takes from the answers of the first what isn't a public IPv6 address: the A
 * record of the origin's name leads to this host. One alone couldn't do it: without the A records of name servers it would not find
 * those that have only IPv4, and response-ip lets answers through that have run out (tried with 1.17).
 */
export function filterConfig(times: RelayTimes = RELAY_TIMES): string {
  const options = [
    `interface: ${RESOLVER.address}`,
    `port: ${RESOLVER.port}`,
    'username: ""',
    'chroot: ""',
    'pidfile: ""',
    'do-not-query-localhost: no',
    'module-config: "iterator"',
    ...NOT_PUBLIC.map((prefix) => `private-address: ${prefix}`),
    'cache-max-ttl: 0',
    'cache-max-negative-ttl: 0',
    // The other one may work at an answer for a while; nothing is lost on the way to it.
    `infra-cache-min-rtt: ${Math.max(1, Math.round(2 * times.staleAnswer))}`,
    ...modest(1),
  ];
  const forward = `forward-zone:\n\tname: "."\n\tforward-addr: ${RECURSOR.address}@${RECURSOR.port}\n`;
  return `${server(options)}remote-control:\n\tcontrol-enable: no\n${forward}`;
}

const server = (options: readonly string[]): string =>
  `server:\n${options.map((option) => `\t${option}\n`).join('')}`;

/** Logs to where systemd does.
 * @param megabytes Of the larger cache. */
const modest = (megabytes: number): string[] => [
  'use-syslog: no',
  'num-threads: 1',
  `msg-cache-size: ${megabytes}m`,
  `rrset-cache-size: ${megabytes}m`,
];
