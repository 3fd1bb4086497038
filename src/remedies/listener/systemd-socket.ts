import { asRoot, plainWord, UNKNOWN_CLIENT, written } from '../manual.ts';
import type { Bound, Program } from './socket.ts';

/** systemd holds the socket itself, or the unit that is told is a socket. */
export const systemdSocket: Program = {
  software: 'systemd',
  isMeant: ({ socket }: Bound) =>
    socket.program?.name === 'systemd' || socket.program?.unit?.endsWith('.socket') === true,
  steps: (bound) => {
    const unit = unitOf(bound);
    const folder = `/etc/systemd/system/${unit}.d`;
    const service = unit.replace(/\.socket$/u, '.service');
    const restart = [
      'systemctl daemon-reload',
      // A socket can't be opened anew while its service holds it.
      `if systemctl --quiet is-active ${service}; then systemctl stop ${service}; fi`,
      `systemctl restart ${unit}`,
    ];
    return [
      {
        where: 'server',
        software: 'systemd',
        does: `lets ${unit} take IPv4 as well`,
        change: asRoot(
          `mkdir -p ${folder}`,
          written(`${folder}/reach4.conf`, ['[Socket]', ...settingsOf(bound)]),
          ...restart,
        ),
        undo: asRoot(`rm ${folder}/reach4.conf`, `rmdir --ignore-fail-on-non-empty ${folder}`, ...restart),
      },
    ];
  },
};

function unitOf({ socket }: Bound): string {
  const unit = plainWord(socket.program?.unit ?? null);
  return unit?.endsWith('.socket') === true && !unit.includes('/') ? unit : 'NAME.socket';
}

/** A stream that is bound to every IPv6 address takes IPv4 by BindIPv6Only; any other needs one more (systemd.socket(5)). */
function settingsOf({ how, lan, port, protocol }: Bound): string[] {
  const stream = protocol === 'udp' ? 'ListenDatagram' : 'ListenStream';
  if (how === 'v6only') return ['BindIPv6Only=both'];
  // 0.0.0.0 can't be bound beside 127.0.0.1; the address that the router forwards to can.
  return how === 'loopback'
    ? [`${stream}=${lan ?? UNKNOWN_CLIENT}:${port}`, 'FreeBind=yes']
    : [`${stream}=0.0.0.0:${port}`];
}
