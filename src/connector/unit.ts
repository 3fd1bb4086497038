import { connectorArguments } from './command.ts';
import { tokenFile } from './names.ts';

/** s; more than the 30 that cloudflared gives open requests (`--grace-period`), so that it ends by itself. */
const STOP_TIMEOUT_S = 40;
/** s until the first connection; then it starts anew. A boot doesn't wait longer for a network that isn't there. */
const START_TIMEOUT_S = 90;

export interface Unit {
  readonly tunnelId: string;
  /** Path of cloudflared, without spaces or signs that mean something to systemd. */
  readonly program: string;
  readonly port: number | string;
}

/**
 * The systemd unit of one connector. cloudflared says that it is ready once it has its first connection, so `active`
 * means connected. The token comes as a credential, which only this service can read. `Restart=always`: it exits with
 * 0 where its arguments are wrong, and when it is told to by its edge.
 */
export const connectorUnit = ({ tunnelId, program, port }: Unit): string => `\
# Made by: reach4 connector install. Taken away by: reach4 connector remove
[Unit]
Description=Cloudflare Tunnel ${tunnelId} (reach4 connector)
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart=${program} ${connectorArguments({ port, tokenFile: `\${CREDENTIALS_DIRECTORY}/token` })}
LoadCredential=token:${tokenFile(tunnelId)}
Restart=always
RestartSec=5
TimeoutStartSec=${START_TIMEOUT_S}
TimeoutStopSec=${STOP_TIMEOUT_S}
${HARDENING}
[Install]
WantedBy=multi-user.target
`;

/**
 * It opens connections and reads one credential: everything else is taken from it. cloudflared takes the configuration
 * that it finds in /etc/cloudflared for its own, so it doesn't see another's. AF_NETLINK is how Go lists addresses.
 */
const HARDENING = `\
DynamicUser=yes
AmbientCapabilities=
CapabilityBoundingSet=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
DevicePolicy=closed
InaccessiblePaths=-/etc/cloudflared -/usr/local/etc/cloudflared
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
KeyringMode=private
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
UMask=0077
`;
