import { RESOLVER } from '../host-ports.ts';
import { LIMITS } from '../limits.ts';
import { period, type RelayTimes } from '../times.ts';

/** Where HAProxy tells the addresses in use; they are read again when it starts. */
export const STATE = { socket: '/run/haproxy/admin.sock', file: '/var/lib/haproxy/server-state' } as const;

/** What holds for the whole process: limits, time-outs, and how names are followed. */
export function globalSections(times: RelayTimes): string[] {
  return [
    'global',
    '\tuser haproxy',
    '\tgroup haproxy',
    '\tchroot /var/lib/haproxy',
    '\tlog stderr format raw daemon notice',
    `\tmaxconn ${LIMITS.connections}`,
    `\tmaxpipes ${LIMITS.pipes}`,
    `\thard-stop-after ${period(times.hardStop)}`,
    `\tstats socket ${STATE.socket} mode 600 level user`,
    `\tserver-state-file ${STATE.file}`,
    'resolvers host',
    `\tnameserver unbound ${RESOLVER.address}:${RESOLVER.port}`,
    '\taccepted_payload_size 8192',
    '\tresolve_retries 2',
    `\ttimeout resolve ${period(times.resolve)}`,
    `\ttimeout retry ${period(times.resolveRetry)}`,
    `\thold nx ${period(times.gone)}`,
    `\thold other ${period(times.gone)}`,
    `\thold timeout ${period(times.silent)}`,
    `\thold refused ${period(times.silent)}`,
    'defaults relayed',
    '\tmode tcp',
    // With it, 3.0 forgets half of the clients that say all and end before the origin has been reached (tried: 3.0.11; not 2.6.12).
    '.if version_before(2.7)',
    '\toption splice-request',
    '.else',
    '\toption splice-auto',
    '.endif',
    '\toption splice-response',
    // When is the kernel's to say (sysctl): set on each socket, it is six calls for every connection.
    '\toption clitcpka',
    '\toption srvtcpka',
    `\ttimeout connect ${period(times.connect)}`,
    `\ttimeout client ${period(times.http)}`,
    `\ttimeout server ${period(times.http)}`,
    `\ttimeout tunnel ${period(times.tunnel)}`,
    `\ttimeout client-fin ${period(times.halfClosed)}`,
    `\ttimeout server-fin ${period(times.halfClosed)}`,
    // The client sees that the origin refuses as soon as it would have without a relay.
    '\tretries 0',
  ];
}

/** What comes from the host itself is refused: an origin that leads here would go round for ever. */
export function listeningDefaults(): string[] {
  return [
    'defaults listening from relayed',
    // The kernel's acknowledgement of the first bytes waits for those of the answer: one packet less for each connection.
    '\toption tcp-smart-accept',
    '\ttcp-request connection set-var(sess.to) dst',
    '\ttcp-request connection reject if { src,strcmp(sess.to) eq 0 }',
  ];
}

/** Names are looked up by the section above only; until then, the address of before a restart is used. */
export function originDefaults(): string[] {
  return [
    'defaults origins from relayed',
    '\tload-server-state-from-file global',
    '\tdefault-server resolvers host resolve-prefer ipv6 init-addr last,none',
  ];
}
