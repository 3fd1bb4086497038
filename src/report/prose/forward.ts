import type { FindingArgs } from '../../model/finding.ts';
import { FROM, list, outcomeWords, plural, row, say, type Words } from './words.ts';

const WHO: Readonly<Record<FindingArgs<'mapping-right'>['source'], string>> = {
  upnp: 'listed by the router (UPnP)',
  told: 'read on its page',
  arrival: 'seen by the packets that arrive',
  inside: 'seen from inside',
  outside: 'seen from outside',
};

const at = (address: string, port: number): string => `${address}, port ${port}`;

/** What the router passes on, and what a connection from inside the network gets. */
export const FORWARD_WORDS = {
  'mapping-right': ({ source, externalPort, client, port }) =>
    say(
      client === null || port === null
        ? `The router passes port ${externalPort} on to this server, ${WHO[source]}`
        : `The router passes port ${externalPort} on to ${at(client, port)}, ${WHO[source]}`,
    ),
  'mapping-wrong-host': ({ source, externalPort, client, port, server }) =>
    say(
      `The router passes port ${externalPort} on to another machine`,
      row('forwarded to', at(client, port), WHO[source]),
      row('this server is', list(server), 'its own addresses'),
    ),
  'mapping-wrong-port': ({ source, externalPort, client, port, expected }) =>
    say(
      `The router passes port ${externalPort} on to the wrong port of this server`,
      row('forwarded to', at(client, port), WHO[source]),
      row('the service is at', `port ${expected}`, 'where it answers over IPv6'),
    ),
  'mapping-disabled': ({ externalPort, client }) =>
    say(`The port forward for port ${externalPort} to ${client} exists, but is switched off`),
  'mapping-told-none': ({ port }) => say(`The router has no port forward for port ${port}, read on its page`),
  'mapping-not-listed': ({ port, gateway, listed }) =>
    say(
      listed === 0
        ? `The router (${gateway}) lists no port forward over UPnP; set by hand, they often aren't listed`
        : `The router (${gateway}) lists ${plural(listed, 'port forward')} over UPnP, not one for port ${port}; set by hand, they often aren't listed`,
    ),
  'mapping-trial-answers': ({ externalPort, address }) =>
    say(
      `No port forward: with one opened for a moment, the service answered at ${at(address, externalPort)}`,
    ),
  'mapping-trial-conflict': ({ externalPort }) =>
    say(`The router has another forward for port ${externalPort} already: it refused a second one`),
  'router-silent': () => say('The router tells nothing about its forwards: no UPnP, NAT-PMP or PCP answered'),
  'router-page-answers': ({ address, port, vantage }) =>
    say(
      `The router's own page answers at ${at(address, port)}, not this server, seen ${FROM[vantage]}`,
      'The router keeps the port for itself: it passes it on to nobody.',
    ),
  'other-service-answers': ({ address, port, vantage }) =>
    say(
      `Another service than this server's answers at ${at(address, port)}, seen ${FROM[vantage]}`,
      'The port leads somewhere else: to another machine, or to the router itself.',
    ),
  'this-server-answers': ({ address, port }) =>
    say(`What answers at ${address} on port ${port} is this server itself: the router passes the port on`),
  'router-firewall': ({ port, source }) =>
    say(
      `The router's own firewall blocks port ${port}, ${source === 'told' ? 'read on its page' : 'seen from outside'}`,
      ...(source === 'told'
        ? []
        : ['The port forward is there, yet packets get as far as the router and no further.']),
    ),
  'router-firewall-open': ({ port }) =>
    say(`The router's own firewall lets port ${port} through, read on its page`),
  'forward-not-needed': ({ address }) =>
    say(`No port forward is needed: this server has the public address ${address} itself`),

  'works-inside': ({ address, vantage }) =>
    say(`${address} gives the service from inside as well, seen ${FROM[vantage]}`),
  'fails-inside': ({ address, vantage, outcome }) =>
    say(
      `The public address ${address} doesn't work from inside the home network`,
      `${outcomeWords(outcome)}, seen ${FROM[vantage]}`,
      'The router would have to lead its own network back in (hairpin NAT, NAT loopback), and does not.',
    ),
  'other-service-inside': ({ address, vantage }) =>
    say(
      `From inside the home network another service answers at ${address}, seen ${FROM[vantage]}`,
      'Most often it is the router itself: it does not lead its own network back in (hairpin NAT).',
    ),
  'not-tried-inside': () => say('The public address was not tried from inside'),
  'led-inside': ({ address, by }) =>
    say(
      `On the local network the name leads to ${address}, where the service answers`,
      by === 'hosts-file'
        ? 'The hosts file of the machine that looked says so: this holds for that machine alone.'
        : 'The resolver there says so: this holds for all who ask it.',
    ),
  'led-inside-unseen': ({ address }) =>
    say(
      `The resolver that this machine asks leads the name to ${address} on the local network`,
      'Whether its neighbours ask the same one, and get the service there, only one of them can see.',
    ),
  'led-inside-fails': ({ address }) =>
    say(
      `On the local network the name leads to ${address}, where the service does not answer`,
      'Programs there never come to the public address: the entry that names it, or what keeps them out there, has to be put right.',
    ),
  'hairpin-not-needed': ({ address }) =>
    say(
      address === null
        ? 'Nothing is translated, so nothing has to be led back in'
        : `This server has the public address ${address} itself: nothing has to be led back in`,
    ),
} satisfies Partial<Words>;
