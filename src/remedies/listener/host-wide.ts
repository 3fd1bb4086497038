import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, plainWord, written } from '../manual.ts';
import type { Bound } from './socket.ts';

const SYSCTL_FILE = '/etc/sysctl.d/60-reach4.conf';

/** The default for programs that don't choose themselves; null where it isn't what leaves IPv4 out. */
export function sysctl({ how, bindv6only, socket, system }: Bound): ManualStep[] | null {
  if (system === 'windows' || system === 'macos' || how !== 'v6only' || bindv6only !== true) return null;
  const unit = plainWord(socket.program?.unit ?? null);
  const again = unit === null ? [] : [`systemctl restart ${unit}`];
  return [
    {
      where: 'server',
      software: 'sysctl',
      does: `makes both families the default, for programs that are started afterwards${unit === null ? ': start the program again' : ''}`,
      change: asRoot(
        'sysctl -w net.ipv6.bindv6only=0',
        written(SYSCTL_FILE, ['net.ipv6.bindv6only = 0']),
        ...again,
      ),
      undo: asRoot(`rm ${SYSCTL_FILE}`, 'sysctl -w net.ipv6.bindv6only=1', ...again),
    },
  ];
}

/** The listener as it is, seen from this machine. */
function behind({ how, socket, port }: Bound): string {
  if (how === 'v6only') return `[::1]:${port}`;
  const { address, family } = socket;
  return family === 'ipv6' ? `[${address ?? '::1'}]:${port}` : `${address ?? '127.0.0.1'}:${port}`;
}

/** What socat(1) is told: where it listens, and where it passes things on to. Null where no address is free for it. */
export function relayWords(bound: Bound): [string, string] | null {
  const { port, how, lan, protocol } = bound;
  // 0.0.0.0 can't be bound beside a listener on 127.0.0.1; the address that the router forwards to can.
  if (how === 'loopback' && lan === null) return null;
  const bind = how === 'loopback' ? `,bind=${lan}` : '';
  const kind = protocol.toUpperCase();
  const to = behind(bound);
  return [`${kind}4-LISTEN:${port}${bind},fork,reuseaddr`, `${kind}${to.startsWith('[') ? 6 : 4}:${to}`];
}

/** A relay on the machine itself: works with whatever listens. */
export function socat(bound: Bound): ManualStep[] | null {
  const words = relayWords(bound);
  if (words === null) return null;
  const [listen, to] = words;
  return [
    {
      where: 'server',
      software: 'socat',
      does: 'takes IPv4 and passes it on to the listener, until the next restart',
      change: asRoot(`systemd-run --unit reach4-v4 socat ${listen} '${to}'`),
      undo: asRoot('systemctl stop reach4-v4'),
    },
  ];
}

const UNIT = '/etc/systemd/system/reach4-v4';

/** The same with what systemd brings along; it is there after a restart too. */
export function socketProxy(bound: Bound): ManualStep[] | null {
  const { port, how, lan, protocol } = bound;
  if (protocol === 'udp' || (how === 'loopback' && lan === null)) return null;
  const listen = `${how === 'loopback' ? lan : '0.0.0.0'}:${port}`;
  return [
    {
      where: 'server',
      software: 'systemd-socket-proxyd',
      does: 'takes IPv4 and passes it on to the listener, also after a restart',
      change: asRoot(
        written(`${UNIT}.socket`, [
          '[Socket]',
          `ListenStream=${listen}`,
          'FreeBind=yes',
          '[Install]',
          'WantedBy=sockets.target',
        ]),
        written(`${UNIT}.service`, [
          '[Service]',
          // It looks up what stands before the last colon as it is: brackets are no part of a host.
          `ExecStart=/usr/lib/systemd/systemd-socket-proxyd ${behind(bound).replace(/[[\]]/gu, '')}`,
        ]),
        'systemctl daemon-reload',
        'systemctl enable --now reach4-v4.socket',
      ),
      undo: asRoot(
        'systemctl disable --now reach4-v4.socket',
        'systemctl stop reach4-v4.service',
        `rm ${UNIT}.socket ${UNIT}.service`,
        'systemctl daemon-reload',
      ),
    },
  ];
}
