import type { ManualStep } from '../../model/remedy-offer.ts';
import { asRoot, asUser, written } from '../manual.ts';
import { type Forwarding, ROUTER } from './situation.ts';

/**
 * miniupnpc's client: `-a` adds, `-d` deletes (upnpc(1)). `-u` spares it the search: the answers to that come from the
 * router to a multicast that conntrack doesn't know, so that the server's own firewall may drop them.
 */
export function overUpnp(the: Forwarding): ManualStep {
  const kind = the.protocol.toUpperCase();
  const upnpc = the.description === null ? 'upnpc' : `upnpc -u ${the.description}`;
  const add = (client: string, port: number): string =>
    `${upnpc} -e reach4 -a ${client} ${port} ${the.externalPort} ${kind}`;
  const remove = `${upnpc} -d ${the.externalPort} ${kind}`;
  const { wrong } = the;
  const replaced = wrong?.overUpnp === true ? wrong : null;
  return {
    where: 'server',
    software: 'UPnP (miniupnpc)',
    does: 'asks the router to pass the port on to the server',
    change: asUser(...(replaced === null ? [] : [remove]), add(the.client, the.internalPort)),
    undo: asUser(remove, ...(replaced === null ? [] : [add(replaced.client, replaced.port)])),
  };
}

/** Seconds: RFC 6886 3.3 recommends 7200 for a mapping, and to ask again after half of that. */
const LIFETIME = 7200;

const UNIT = '/etc/systemd/system/reach4-forward';

/** NAT-PMP's mappings end by themselves, and with a restart of the router: a timer asks again. */
export function overNatPmp({ externalPort, internalPort, protocol, gateway }: Forwarding): ManualStep {
  const ask = `natpmpc${gateway === null ? '' : ` -g ${gateway}`} -a ${externalPort} ${internalPort} ${protocol}`;
  return {
    where: 'server',
    software: 'NAT-PMP (natpmpc)',
    does: `asks ${ROUTER} to pass the port on for ${LIFETIME / 3600} hours, and again every hour, also after a restart`,
    change: asRoot(
      `${ask} ${LIFETIME}`,
      written(`${UNIT}.service`, ['[Service]', 'Type=oneshot', `ExecStart=/usr/bin/${ask} ${LIFETIME}`]),
      written(`${UNIT}.timer`, [
        '[Timer]',
        'OnBootSec=1min',
        'OnUnitActiveSec=1h',
        '[Install]',
        'WantedBy=timers.target',
      ]),
      'systemctl daemon-reload',
      'systemctl enable --now reach4-forward.timer',
    ),
    undo: asRoot(
      'systemctl disable --now reach4-forward.timer',
      `rm ${UNIT}.service ${UNIT}.timer`,
      'systemctl daemon-reload',
      `${ask} 0`,
    ),
  };
}
