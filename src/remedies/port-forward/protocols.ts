import type { ManualStep } from '../../model/remedy-offer.ts';
import { asUser } from '../manual.ts';
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

/** Seconds: RFC 6886 3.3 recommends 7200 for a mapping. */
const LIFETIME = 7200;

/** NAT-PMP's mappings end by themselves: it must be asked for again, about every hour. */
export function overNatPmp({ externalPort, internalPort, protocol, gateway }: Forwarding): ManualStep {
  const ask = `natpmpc${gateway === null ? '' : ` -g ${gateway}`} -a ${externalPort} ${internalPort} ${protocol}`;
  return {
    where: 'server',
    software: 'NAT-PMP (natpmpc)',
    does: `asks ${ROUTER} to pass the port on for ${LIFETIME / 3600} hours, and again every hour`,
    change: asUser(
      `${ask} ${LIFETIME}`,
      `systemd-run --user --unit reach4-forward --on-unit-active=1h --on-active=1h ${ask} ${LIFETIME}`,
    ),
    undo: asUser('systemctl --user stop reach4-forward.timer', `${ask} 0`),
  };
}
