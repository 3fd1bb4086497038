import type { ManualStep } from '../../model/remedy-offer.ts';
import { elevated, form } from '../manual.ts';
import { type Bound, bareAddress, type Program } from './socket.ts';

/**
 * HTTP.sys, the part of Windows that listens for IIS and others: the process is System. It listens everywhere, unless its
 * list names addresses (Microsoft Learn, "netsh http": add iplisten; 0.0.0.0 stands for all of IPv4).
 */
export const httpSys: Program = {
  software: 'IIS and others on HTTP.sys',
  isMeant: ({ system, socket }: Bound) => system === 'windows' && socket.program?.name === 'System',
  steps: (bound) => {
    const where = 'IIS Manager › Sites › the site › Bindings';
    const binding = (address: string) => form(where, { 'IP address': address, Port: String(bound.port) });
    return [
      {
        where: 'server',
        software: 'HTTP.sys',
        does: 'takes all of IPv4; only where the list is not empty (`netsh http show iplisten` shows it)',
        change: elevated('netsh http add iplisten ipaddress=0.0.0.0', 'iisreset'),
        undo: elevated('netsh http delete iplisten ipaddress=0.0.0.0', 'iisreset'),
      },
      {
        where: 'server',
        software: 'IIS',
        does: 'answers on every address; only where the binding of the site names one',
        change: binding('All Unassigned'),
        undo: binding(bareAddress(bound)),
      },
    ];
  },
};

/**
 * A relay of Windows itself, of TCP alone, which it keeps over a restart (Microsoft Learn, "netsh interface portproxy").
 * Null where no address is free for it.
 */
export function portproxy(bound: Bound): ManualStep[] | null {
  const { how, lan, port, protocol, socket } = bound;
  if (protocol === 'udp' || (how === 'loopback' && lan === null)) return null;
  const kind = socket.family === 'ipv6' ? 'v4tov6' : 'v4tov4';
  const own = socket.family === 'ipv6' ? '::1' : '127.0.0.1';
  const listen = `listenport=${port} listenaddress=${how === 'loopback' ? lan : '0.0.0.0'}`;
  return [
    {
      where: 'server',
      software: 'portproxy',
      does: 'takes IPv4 and passes it on to the listener, also after a restart; it is part of the service IP Helper (iphlpsvc), and a rule of the firewall for the program alone does not let it in',
      change: elevated(
        'Start-Service iphlpsvc',
        `netsh interface portproxy add ${kind} ${listen} connectaddress=${socket.address ?? own} connectport=${port}`,
      ),
      undo: elevated(`netsh interface portproxy delete ${kind} ${listen}`),
    },
  ];
}
