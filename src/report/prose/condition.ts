import { all, allTries, FAMILY, FROM, outcomeWords, plural, say, type Words } from './words.ts';

/** What is none of the causes, but must not be taken for one. */
export const CONDITION_WORDS = {
  'service-down': ({ port, families }) =>
    say(
      `The service is down: nothing takes connections on port ${port} over ${all(families.map((family) => FAMILY[family])) || 'either family'}`,
      'Start it first; what keeps IPv4 out beyond that shows only then.',
    ),
  'refused-on-both': ({ port }) =>
    say(
      `The service may be down: every connection to port ${port} is refused, over IPv4 and over IPv6`,
      'A server refuses where nothing listens; a firewall may do the same.',
    ),
  'ipv6-fails': ({ address, vantage, outcome, tries }) =>
    say(
      address === null
        ? 'IPv6 does not work either: no IPv6 address leads to this service'
        : `IPv6 does not work either: ${address}, ${outcomeWords(outcome)}, ${allTries(tries)}, seen ${FROM[vantage]}`,
      'What both families have in common may be the reason: the service, this server or its line.',
    ),
  'path-flaky': ({ family, address, vantage, connected, tries }) =>
    say(
      `${FAMILY[family]} comes and goes: ${connected} of ${tries} tries to ${address} connect, seen ${FROM[vantage]}`,
      'That is loss on the way or a server at its limit, not a block: a block stops every try.',
    ),
  'no-ipv4-route': ({ from }) =>
    say(
      'This server has no way out over IPv4: no default route',
      `Whatever arrives${from === null ? '' : ` for ${from}`} gets no reply.`,
      "Make the router its gateway: DHCP does that, or this server's network settings.",
    ),
  'replies-leave-by': ({ interface: name, arrivesBy, tunnel }) =>
    say(
      `Replies leave by another way: they come in by ${arrivesBy} and go out by ${name}${tunnel ? ', a tunnel (VPN)' : ''}`,
      'The client gets them from an address that it never asked, or not at all.',
      `Let replies leave by ${arrivesBy}: by a rule for this server's own address (on Linux: ip rule), or without ${name}.`,
    ),
  'replies-unseen': ({ packets }) =>
    say(`${plural(packets, 'connection request')} arrived, and this server sent no reply that was seen`),
  'works-everywhere': () => say('The service answers from outside over IPv4 as it does over IPv6'),
} satisfies Partial<Words>;
