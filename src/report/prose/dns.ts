import type { FindingArgs } from '../../model/finding.ts';
import { allTries, duration, FROM, list, outcomeWords, SCOPE, say, type Words } from './words.ts';

const NOT_WORKING: Readonly<Record<FindingArgs<'address-not-seen-working'>['state'], string>> = {
  dead: 'nothing answers',
  'other-service': 'another service answers',
  unrecognised: "whatever answers can't be recognised",
  flaky: 'something answers only now and then',
  silent: 'no answer over UDP, which decides nothing',
};

/** What DNS says of the name, and what lies at the addresses that it names. */
export const DNS_WORDS = {
  'target-is-address': ({ address }) => say(`DNS is not involved: ${address} is an address`),
  'a-missing': ({ name }) =>
    say(
      `The name has no A record (${name})`,
      'Clients that have only IPv4 get no address from DNS, and give up.',
    ),
  'name-does-not-exist': ({ name, zone }) =>
    say(
      `The name does not exist (NXDOMAIN for ${name})`,
      `The zone ${zone} has no record of any type for it. Is it spelt right?`,
    ),
  'a-not-public': ({ address, scope }) => say(`A is ${address}, ${SCOPE[scope]}`),
  'a-is-own': ({ address }) => say(`A is ${address}, the address this line is seen with`),
  'a-is-wan': ({ address }) => say(`A is ${address}, the router's own public address`),
  'a-not-own': ({ address, own }) => say(`A is ${address}; this line is seen as ${list(own)}`),
  'a-should-be-wan': ({ wan }) => say(`The router's public address is ${wan}: that is what A should say`),
  'a-rightly-missing': ({ name }) =>
    say(`The name rightly has no A record (${name}): this line has no public IPv4 address to put there`),
  'a-is-shared': ({ address }) =>
    say(`A is ${address}, the address this line is seen with; it isn't the line's own`),
  'a-answers': ({ address, vantage }) =>
    say(`${address} answers as the same service as IPv6, seen ${FROM[vantage]}`),
  'a-unrecognised': ({ address, vantage }) =>
    say(
      `${address} connects, but whether it is the same service as over IPv6 can't be told, seen ${FROM[vantage]}`,
    ),
  'a-dead': ({ address, outcome, tries, vantage }) =>
    say(`${address}: ${outcomeWords(outcome)}, ${allTries(tries)}, seen ${FROM[vantage]}`),
  'a-flaky': ({ address, tries, connected, vantage }) =>
    tries === 1
      ? say(`${address} was tried once only, and did not answer, seen ${FROM[vantage]}`)
      : say(`${address} answers only now and then: ${connected} of ${tries} tries, seen ${FROM[vantage]}`),
  'a-other-service': ({ address, vantage }) =>
    say(`At ${address} another service answers than over IPv6, seen ${FROM[vantage]}`),
  'some-a-dead': ({ dead, alive }) =>
    say(
      `Of several A records some don't work: ${list(dead)}`,
      `${list(alive)} works. Clients pick one by chance, so some visitors fail.`,
    ),
  'a-is-proxy': ({ address, provider }) =>
    say(`A is ${address}, an edge of ${provider}: that is right for a proxied name`),
  cname: ({ canonical }) => say(`The name is an alias (CNAME) of ${canonical}; the records belong there`),
  'cname-dangling': ({ target }) => say(`The name is an alias (CNAME) of ${target}, which does not exist`),
  'authorities-disagree': ({ type, answers }) =>
    say(
      `The zone's own servers disagree about ${type}`,
      ...answers.map(
        ({ server, addresses }) =>
          `${server} says ${addresses.length === 0 ? `no ${type} record` : list(addresses)}`,
      ),
    ),
  'authority-silent': ({ zone, servers }) =>
    say(
      `The servers of the zone ${zone} don't answer`,
      `asked: ${list(servers)}`,
      'Whoever runs them has to put it right. A network that lets no DNS out looks the same.',
    ),
  'authority-broken': ({ zone, servers, rcode }) =>
    say(
      `Servers of the zone ${zone} answer ${rcode}`,
      `asked: ${list(servers)}`,
      'Whoever runs them, or told the zone above to name them, has to put it right.',
    ),
  'authority-intercepted': ({ servers }) =>
    say(
      "Something between here and the zone's servers answers in their place",
      `asked: ${list(servers)}; the answers are a resolver's`,
    ),
  'authority-unknown': ({ name }) => say(`No server responsible for ${name} could be found or asked`),
  'authority-internal': ({ servers }) =>
    say(
      "The zone's servers stand in a private network",
      `${list(servers)}: the internet may be told something else`,
    ),
  'resolver-stale': ({ resolver, has, should, ttl }) =>
    say(
      `An old copy is still at the resolver ${resolver}: ${list(has)}`,
      `The zone says ${list(should)} now; the copy runs out in ${duration(ttl)}.`,
    ),
  'resolver-stale-negative': ({ resolver, should, ttl }) =>
    say(
      `An old "no such record" is still at the resolver ${resolver}`,
      `The zone says ${list(should)} now; the copy runs out within ${duration(ttl)}.`,
    ),
  'resolver-lies': ({ resolver, has, should }) =>
    say(
      `Not from the zone: ${list(has)}, made up by the resolver ${resolver}`,
      `The zone's servers say ${list(should)}. The answer doesn't age like a copy: it is made there.`,
    ),
  'resolver-denies': ({ resolver, rcode, should }) =>
    say(
      `The resolver ${resolver} denies the record (${rcode})`,
      `The zone's servers say ${list(should)}. A filter or block list does that.`,
    ),
  'resolver-fails': ({ resolver, outcome }) =>
    say(`No usable answer from the resolver ${resolver}: ${outcomeWords(outcome)}`),
  'split-horizon': ({ resolver, inside, outside }) =>
    say(
      `Inside this network the name is ${list(inside)} (split horizon)`,
      `The resolver ${resolver} says so; the internet is told ${list(outside)}.`,
    ),
  'hosts-file': ({ addresses }) => say(`This machine's hosts file names the host: ${list(addresses)}`),
  'aaaa-missing': ({ name }) => say(`The name has no AAAA record (${name}): IPv6 can't be used by name`),
  'aaaa-not-this-server': ({ address, stable }) =>
    say(
      `AAAA is ${address}, which isn't this server's address`,
      `This server's stable address is ${list(stable)}.`,
    ),
  'aaaa-temporary': ({ address, stable }) =>
    say(
      `AAAA is ${address}, a temporary (privacy) address of this server`,
      `It works today and is dropped in a day or so (RFC 8981). The stable address: ${list(stable)}.`,
    ),
  'address-works': ({ address, vantage }) =>
    say(`${address} answers as the same service as IPv6, seen ${FROM[vantage]}`),
  'address-not-seen-working': ({ address, vantage, state }) =>
    say(
      `At ${address}, this line's address, ${NOT_WORKING[state]}, seen ${FROM[vantage]}`,
      'An A record alone would not help: the service must answer there first.',
    ),
  'no-address-known': () => say("This line's public IPv4 address is not known"),
} satisfies Partial<Words>;
