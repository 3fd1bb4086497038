import { STATE } from './haproxy/process.ts';
import { LIMITS } from './limits.ts';

/** Keeps the addresses in use, so that a reload or a restart goes on with them whatever DNS says meanwhile. */
const SAVE_STATE = `-/bin/sh -c 'echo show servers state | socat - UNIX-CONNECT:${STATE.socket} > ${STATE.file}.new && [ -s ${STATE.file}.new ] && mv ${STATE.file}.new ${STATE.file}'`;

/** Takes from every one of the services what it doesn't need; what each has beside this stands at its own unit. */
export const HARDENING = `[Service]
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077
`;

const ALWAYS = `Restart=always
RestartSec=1
`;

/** Additions to Debian's units of the programs, each as `UNIT.service.d/relay.conf`. */
export const UNITS = {
  haproxy: `[Unit]
After=unbound-filter.service nftables.service
Wants=unbound-filter.service
StartLimitIntervalSec=0
[Service]
ExecReload=
ExecReload=${SAVE_STATE}
ExecReload=/usr/sbin/haproxy -Ws -f $CONFIG -c -q $EXTRAOPTS
ExecReload=/bin/kill -USR2 $MAINPID
ExecStop=${SAVE_STATE}
${ALWAYS}LimitNOFILE=${LIMITS.haproxyFiles}
OOMScoreAdjust=-900
ReadWritePaths=/var/lib/haproxy
RuntimeDirectory=haproxy
SystemCallFilter=chroot
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE
`,
  nginx: `[Unit]
After=unbound-filter.service nftables.service
Wants=unbound-filter.service
StartLimitIntervalSec=0
[Service]
${ALWAYS}LimitNOFILE=${LIMITS.nginxFiles}
OOMScoreAdjust=-900
ReadWritePaths=/var/lib/nginx /var/log/nginx /run
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE
`,
  unbound: `[Unit]
StartLimitIntervalSec=0
[Service]
${ALWAYS}OOMScoreAdjust=-900
ReadWritePaths=/var/lib/unbound /run
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE CAP_SYS_RESOURCE
`,
} as const;

/** The second unbound; see `filterConfig`. It needs no right at all. */
export const FILTER_UNIT = `[Unit]
Description=Public IPv6 addresses only
After=unbound.service
Wants=unbound.service
StartLimitIntervalSec=0
[Service]
Type=notify
User=unbound
ExecStart=/usr/sbin/unbound -d -p -c /etc/unbound/filter.conf
${ALWAYS}OOMScoreAdjust=-900
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
CapabilityBoundingSet=
[Install]
WantedBy=multi-user.target
`;
