import type { RelaySettings } from '../model/relay.ts';
import { LIMITS } from './limits.ts';
import { portsOf } from './nftables.ts';
import { type RelayTimes, seconds } from './times.ts';

/** Keepalives without an answer, after which a connection is given up: two minutes of silence in all. */
const KEEPALIVE_PROBES = 4;

/** A file of /etc/sysctl.d. Its keepalives are those of IPv6 too, of whatever asks for them: HAProxy's connections. */
export function sysctlConfig(settings: RelaySettings, times: RelayTimes): string {
  const ports = [...new Set([...portsOf(settings, 'tcp'), ...portsOf(settings, 'udp')])].sort(
    (a, b) => a - b,
  );
  return `# Towards one origin, every connection needs a port of its own; those of services stay free for them.
net.ipv4.ip_local_port_range = 10240 65535
net.ipv4.ip_local_reserved_ports = ${ports.join(',')}
net.ipv4.tcp_tw_reuse = 1
# Tunnels and lines at home drop large packets without a word.
net.ipv4.tcp_mtu_probing = 1
net.ipv4.tcp_keepalive_time = ${seconds(times.keepaliveIdle)}
net.ipv4.tcp_keepalive_intvl = ${seconds(times.keepaliveInterval)}
net.ipv4.tcp_keepalive_probes = ${KEEPALIVE_PROBES}
net.ipv4.conf.all.accept_redirects = 0
net.ipv6.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
kernel.panic = 10
`;
}

/** A file of /etc/systemd/journald.conf.d. */
export const JOURNALD = `[Journal]
SystemMaxUse=${LIMITS.journalDisk}M
RuntimeMaxUse=${LIMITS.journalMemory}M
MaxRetentionSec=14day
`;

/** A file of /etc/systemd/resolved.conf.d: port 53 stays free, and nothing else listens. */
export const RESOLVED = `[Resolve]
DNSStubListener=no
LLMNR=no
MulticastDNS=no
`;

/** A file of /etc/apt/apt.conf.d: a library that was replaced is in use only after the reboot. */
export function aptConfig({ rebootAt }: RelaySettings): string {
  return `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "${rebootAt}";
Unattended-Upgrade::Remove-Unused-Dependencies "true";
Dpkg::Options { "--force-confdef"; "--force-confold"; };
DPkg::Post-Invoke { "touch /run/reboot-required"; };
`;
}

/** min; before the reboot: time enough for either on the smallest host. */
const DOWNLOAD = 60;
const UPGRADE = 30;

/** Additions to systemd's timers of apt: all that interrupts connections happens at the one set hour. */
export function aptTimers({
  rebootAt,
}: RelaySettings): Readonly<Record<'apt-daily' | 'apt-daily-upgrade', string>> {
  const timer = (before: number) => `[Timer]
OnCalendar=
OnCalendar=*-*-* ${earlier(rebootAt, before)} UTC
RandomizedDelaySec=5m
`;
  return { 'apt-daily': timer(DOWNLOAD), 'apt-daily-upgrade': timer(UPGRADE) };
}

/** @param time `04:30` */
function earlier(time: string, minutes: number): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const day = 24 * 60;
  const total = (hour * 60 + minute - minutes + day) % day;
  return [Math.floor(total / 60), total % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
