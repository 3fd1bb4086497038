import { bracketed } from '../model/address.ts';
import type { RelayService, RelaySettings } from '../model/relay.ts';
import { RESOLVER } from './host-ports.ts';
import { LIMITS } from './limits.ts';
import { period, RELAY_TIMES, type RelayTimes } from './times.ts';

type UdpService = Extract<RelayService, { kind: 'udp' }>;

/** Of the DNS (RFC 1035, section 4.2): one datagram asks, one answers. */
const DNS_PORT = 53;

/** nginx.conf, for the stream module of nginx 1.22 (Debian 12) and later; null where nothing is UDP. */
export function nginxConfig({ services }: RelaySettings, times: RelayTimes = RELAY_TIMES): string | null {
  const udp = services.filter((service) => service.kind === 'udp');
  if (udp.length === 0) return null;
  const lines = [
    'user www-data;',
    // Each process has flows of its own: with two, the datagrams of one client would come to the origin from two ports.
    'worker_processes 1;',
    `worker_rlimit_nofile ${LIMITS.nginxFiles};`,
    'pid /run/nginx.pid;',
    'error_log stderr error;',
    'include /etc/nginx/modules-enabled/*.conf;',
    'events {',
    `\tworker_connections ${LIMITS.udpSockets};`,
    '}',
    'stream {',
    `\tresolver ${RESOLVER.address}:${RESOLVER.port} valid=${period(times.resolve)};`,
    `\tresolver_timeout ${period(times.connect)};`,
    `\tproxy_timeout ${period(times.udp)};`,
    ...udp.flatMap((service) => forward(service, times)).map((line) => `\t${line}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The name is in a variable, so that it is looked up for each new flow. What comes from the host itself leads nowhere: an
 * origin that leads here would go round for ever.
 */
function forward({ origin, port }: UdpService, times: RelayTimes): string[] {
  return [
    `map "$remote_addr $server_addr" $to_${port} {`,
    '\t"~^(?<self>\\S+) \\k<self>$" "";',
    `\tdefault "${bracketed(origin.host)}:${origin.port}";`,
    '}',
    'server {',
    `\tlisten 0.0.0.0:${port} udp;`,
    `\tlisten [::]:${port} udp ipv6only=on;`,
    `\tproxy_pass $to_${port};`,
    ...(port === DNS_PORT ? ['\tproxy_responses 1;', `\tproxy_timeout ${period(times.udpDns)};`] : []),
    '}',
  ];
}
