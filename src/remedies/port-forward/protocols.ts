import { upnpAdd, upnpRemove } from '../../model/by-hand/router.ts';
import type { System } from '../../model/facts/host.ts';
import type { ManualStep } from '../../model/remedy-offer.ts';
import { launchdJob } from '../manual/launchd.ts';
import { asRoot, asUser, inPowershell, written } from '../manual.ts';
import { type Forwarding, ROUTER } from './situation.ts';

/** What asks, and what brings it. */
const UPNP: Readonly<Record<System, { readonly software: string; readonly brings: string }>> = {
  linux: { software: 'UPnP (miniupnpc)', brings: '' },
  macos: { software: 'UPnP (miniupnpc)', brings: ' (`brew install miniupnpc` brings it)' },
  windows: {
    software: 'UPnP (Windows)',
    brings: '; where it finds no router ("null-valued expression"), switch network discovery on',
  },
  other: { software: 'UPnP (miniupnpc)', brings: '' },
};

/**
 * Windows asks by itself; elsewhere miniupnpc's client: `-u` spares it the search, as the answers to that come from the
 * router to a multicast that conntrack doesn't know, so that the server's own firewall may drop them.
 */
export function overUpnp(the: Forwarding): ManualStep {
  const { system, externalPort, protocol, description, wrong } = the;
  const add = (client: string, internalPort: number): string =>
    upnpAdd(system, description, { client, internalPort, externalPort, protocol });
  const remove = upnpRemove(system, description, { externalPort, protocol });
  const replaced = wrong?.overUpnp === true ? wrong : null;
  const typed = system === 'windows' ? inPowershell : asUser;
  const { software, brings } = UPNP[system];
  return {
    where: 'server',
    software,
    does: `asks the router to pass the port on to the server${brings}`,
    change: typed(...(replaced === null ? [] : [remove]), add(the.client, the.internalPort)),
    undo: typed(remove, ...(replaced === null ? [] : [add(replaced.client, replaced.port)])),
  };
}

/** Seconds: RFC 6886 3.3 recommends 7200 for a mapping, and to ask again after half of that. */
const LIFETIME = 7200;

const UNIT = '/etc/systemd/system/reach4-forward';

/** NAT-PMP's mappings end by themselves, and with a restart of the router: a timer asks again. */
export function overNatPmp(the: Forwarding): ManualStep {
  const ask = askFor(the);
  const does = `asks ${ROUTER} to pass the port on for ${LIFETIME / 3600} hours, and again every hour, also after a restart`;
  if (the.system === 'macos') return onMac(ask, does);
  return {
    where: 'server',
    software: 'NAT-PMP (natpmpc)',
    does,
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

const askFor = ({ externalPort, internalPort, protocol, gateway }: Forwarding): string =>
  `natpmpc${gateway === null ? '' : ` -g ${gateway}`} -a ${externalPort} ${internalPort} ${protocol}`;

function onMac(ask: string, does: string): ManualStep {
  const words = `${ask} ${LIFETIME}`.split(' ');
  const { change, undo } = launchdJob({ label: 'reach4.forward', words, every: LIFETIME / 2 });
  const ends = undo?.kind === 'commands' ? undo.commands : [];
  return {
    where: 'server',
    software: 'NAT-PMP (natpmpc)',
    does: `${does} (\`brew install libnatpmp\` brings it)`,
    change,
    undo: asRoot(...ends, `${ask} 0`),
  };
}
