import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, asUser, edit } from '../manual.ts';

/** What a tunnel ends at, and where its users come in. */
export interface Inner {
  readonly port: number;
  /** The listener as the server itself reaches it. */
  readonly local: string;
}

/** What stands for a host with a public IPv4 that the user owns. */
export const VPS = 'VPS-ADDRESS';

const CONFIG = '/etc/ssh/sshd_config.d/50-reach4.conf';

/** Without it sshd binds remote forwards to loopback (sshd_config(5), GatewayPorts). */
export const gatewayPorts: ManualStep = {
  where: 'outside',
  software: 'sshd on a host with a public IPv4',
  does: 'lets a forward be reached from the internet; the port must be free there, and open in its firewall',
  change: edit(CONFIG, null, 'GatewayPorts clientspecified', ['sshd -t', 'systemctl reload ssh']),
  undo: edit(CONFIG, 'GatewayPorts clientspecified', null, ['sshd -t', 'systemctl reload ssh']),
};

/** Ports below 1024 can only be bound by root there. */
const loginFor = (port: number): string => `${port < 1024 ? 'root' : 'USER'}@${VPS}`;

const OPTIONS = '-o ExitOnForwardFailure=yes -o ServerAliveInterval=30 -o ServerAliveCountMax=3';

const forward = ({ port, local }: Inner): string => `-R '0.0.0.0:${port}:${local}'`;

/** Until it breaks or the machine restarts. */
export function once(inner: Inner): ManualStep {
  const socket = '~/.ssh/reach4.sock';
  const login = loginFor(inner.port);
  return {
    where: 'server',
    software: 'OpenSSH',
    does: 'opens the tunnel, until the connection breaks',
    change: asUser(`ssh -f -N -M -S ${socket} ${OPTIONS} ${forward(inner)} ${login}`),
    undo: asUser(`ssh -S ${socket} -O exit ${login}`),
  };
}

const UNIT = '/etc/systemd/system/reach4-tunnel.service';

/** Opened again whenever it breaks: what autossh does, without autossh. */
export function always(inner: Inner): ManualStep {
  const unit = [
    '[Unit]',
    'Wants=network-online.target',
    'After=network-online.target',
    '[Service]',
    `ExecStart=/usr/bin/ssh -N ${OPTIONS} -o BatchMode=yes ${forward(inner)} ${loginFor(inner.port)}`,
    'Restart=always',
    'RestartSec=10',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n');
  return {
    where: 'server',
    software: 'OpenSSH under systemd',
    does: "opens the tunnel, and again whenever it breaks; root's SSH key must be allowed there",
    change: edit(UNIT, null, unit, ['systemctl daemon-reload', 'systemctl enable --now reach4-tunnel']),
    undo: edit(UNIT, unit, null, ['systemctl disable --now reach4-tunnel', 'systemctl daemon-reload']),
  };
}

/** autossh, where there is no systemd (autossh(1): -M 0 leaves the watch to ssh's own keep-alive). */
export const autossh = (inner: Inner): ManualStep => ({
  where: 'server',
  software: 'autossh',
  does: 'opens the tunnel, and again whenever it breaks',
  change: asRoot(
    `AUTOSSH_PIDFILE=/run/reach4-tunnel.pid autossh -M 0 -f -N ${OPTIONS} ${forward(inner)} ${loginFor(inner.port)}`,
  ),
  undo: asRoot('kill "$(cat /run/reach4-tunnel.pid)"'),
});
