import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, asUser, edit, written } from '../manual.ts';

/** What a tunnel ends at, and where its users come in. */
export interface Inner {
  readonly port: number;
  /** The listener as the server itself reaches it. */
  readonly local: string;
}

/** What stands for a host with a public IPv4 that the user owns. */
export const VPS = 'VPS-ADDRESS';

const CONFIG = '/etc/ssh/sshd_config.d/50-reach4.conf';
const RELOAD = ['sshd -t', 'systemctl reload ssh'];

/** Without it sshd binds remote forwards to loopback (sshd_config(5), GatewayPorts). */
export const gatewayPorts: ManualStep = {
  where: 'outside',
  software: 'sshd on a host with a public IPv4',
  does: 'lets a forward be reached from the internet; the port must be free there, and open in its firewall',
  change: asRoot(written(CONFIG, ['GatewayPorts clientspecified']), ...RELOAD),
  undo: asRoot(`rm ${CONFIG}`, ...RELOAD),
};

const KEY = '/root/.ssh/reach4';
/** Where root is at home on macOS. */
export const MAC_KEY = '/var/root/.ssh/reach4';

/** A key of its own, without a password: nobody is there to type one. */
const keyAt = (file: string): ManualStep => ({
  where: 'server',
  software: 'OpenSSH',
  does: 'makes a key for the tunnel, and shows the half of it that goes to the host',
  change: asRoot(
    `mkdir -p -m 700 ${file.replace(/\/reach4$/u, '')}`,
    `ssh-keygen -q -t ed25519 -N '' -C reach4 -f ${file}`,
    `cat ${file}.pub`,
  ),
  undo: asRoot(`rm ${file} ${file}.pub`),
});

export const key = keyAt(KEY);
export const macosKey = keyAt(MAC_KEY);

/** Ports below 1024 can only be bound by root there. */
const userFor = (port: number): string => (port < 1024 ? 'root' : 'USER');

/** The key opens this one port there, and neither a shell nor a program (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export function allowed({ port }: Inner): ManualStep {
  const user = userFor(port);
  const file = user === 'root' ? '/root/.ssh/authorized_keys' : `/home/${user}/.ssh/authorized_keys`;
  const line = `restrict,port-forwarding,permitlisten="0.0.0.0:${port}",command="/usr/sbin/nologin" CONTENT-OF-reach4.pub`;
  return {
    where: 'outside',
    software: 'sshd on a host with a public IPv4',
    does: 'lets that key open this port, and nothing else',
    change: edit(file, null, line, []),
    undo: edit(file, line, null, []),
  };
}

const login = ({ port }: Inner): string => `${userFor(port)}@${VPS}`;

const OPTIONS = '-o ExitOnForwardFailure=yes -o ServerAliveInterval=30 -o ServerAliveCountMax=3';
/** The host is taken for the right one when it is met for the first time, and never again for another. */
const unattended = (file: string): string =>
  `-i ${file} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=accept-new ${OPTIONS}`;

/** What ssh is told, without quotes: nothing that isn't a shell reads brackets as anything else. @param file null to ask */
export const tunnelWords = (inner: Inner, file: string | null): string =>
  `${file === null ? OPTIONS : unattended(file)} ${forward(inner).replaceAll("'", '')} ${login(inner)}`;

const forward = ({ port, local }: Inner): string => `-R '0.0.0.0:${port}:${local}'`;

/** Until it breaks or the machine restarts. */
export function once(inner: Inner): ManualStep {
  const socket = '~/.ssh/reach4.sock';
  return {
    where: 'server',
    software: 'OpenSSH',
    does: 'opens the tunnel, until the connection breaks',
    change: asUser(`ssh -f -N -M -S ${socket} ${OPTIONS} ${forward(inner)} ${login(inner)}`),
    undo: asUser(`ssh -S ${socket} -O exit ${login(inner)}`),
  };
}

const UNIT = '/etc/systemd/system/reach4-tunnel.service';

/** Opened again whenever it breaks: what autossh does, without autossh. */
export const always = (inner: Inner): ManualStep => ({
  where: 'server',
  software: 'OpenSSH under systemd',
  does: 'opens the tunnel, and again whenever it breaks and after a restart',
  change: asRoot(
    written(UNIT, [
      '[Unit]',
      'Wants=network-online.target',
      'After=network-online.target',
      '[Service]',
      `ExecStart=/usr/bin/ssh -N ${tunnelWords(inner, KEY)}`,
      'Restart=always',
      'RestartSec=10',
      '[Install]',
      'WantedBy=multi-user.target',
    ]),
    'systemctl daemon-reload',
    'systemctl enable --now reach4-tunnel',
  ),
  undo: asRoot('systemctl disable --now reach4-tunnel', `rm ${UNIT}`, 'systemctl daemon-reload'),
});

/** autossh, where there is no systemd (autossh(1): -M 0 leaves the watch to ssh's own keep-alive). */
export const autossh = (inner: Inner): ManualStep => ({
  where: 'server',
  software: 'autossh',
  does: 'opens the tunnel, and again whenever it breaks, until the next restart',
  change: asRoot(
    `AUTOSSH_PIDFILE=/run/reach4-tunnel.pid autossh -M 0 -f -N ${unattended(KEY)} ${forward(inner)} ${login(inner)}`,
  ),
  undo: asRoot('kill "$(cat /run/reach4-tunnel.pid)"'),
});
