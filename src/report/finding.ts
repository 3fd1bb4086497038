import type { Scope } from '../model/address.ts';
import type { Vantage } from '../model/evidence.ts';
import type { Finding, FindingArgs } from '../model/finding.ts';

/** A finding in words: what it is in one line, and what it means where that needs saying. */
export interface Prose {
  readonly headline: string;
  readonly details: readonly string[];
}

const FROM: Readonly<Record<Vantage, string>> = {
  server: 'from this server',
  lan: 'from this network',
  outside: 'from outside',
  unknown: 'from this machine',
};

const SCOPE: Readonly<Record<Scope, string>> = {
  public: 'a public address',
  private: 'a private address (RFC 1918): it exists in every home, and on no internet',
  shared: 'a carrier-grade NAT address (100.64.0.0/10, RFC 6598): shared inside a provider, not reachable',
  loopback: 'a loopback address: it leads every visitor to their own machine',
  'link-local': 'a link-local address: it is valid on one cable only',
  'unique-local': 'a unique local address: it is valid inside one site only',
  documentation: 'an address reserved for examples',
  multicast: 'a multicast address: no server has it',
  unspecified: 'the unspecified address: it names no host',
  reserved: 'a reserved address: it is not routed on the internet',
};

const OUTCOME: Readonly<Record<string, string>> = {
  'timed-out': 'no answer at all',
  refused: 'the connection is refused',
  'icmp-unreachable': 'a router says that it is unreachable',
  error: 'the connection fails',
  'no-route': 'this machine has no route',
  'blocked-locally': 'this machine does not let it out',
};

const NOT_WORKING: Readonly<Record<FindingArgs<'address-not-seen-working'>['state'], string>> = {
  dead: 'nothing answers',
  'other-service': 'another service answers',
  unrecognised: "whatever answers can't be recognised",
  flaky: 'something answers only now and then',
};

const list = (items: readonly string[]): string => (items.length === 0 ? 'nothing' : items.join(', '));

const say = (headline: string, ...details: readonly string[]): Prose => ({ headline, details });

/** How long, in the unit a person thinks in. @param seconds a time to live */
function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** The words for every finding; the compiler says when one is missing. */
export function prose({ code, args }: Finding): Prose {
  switch (code) {
    case 'not-built':
      return say('Not judged by this version');
    case 'target-is-address':
      return say(`DNS is not involved: ${args.address} is an address`);
    case 'a-missing':
      return say(
        `The name has no A record (${args.name})`,
        'Clients that have only IPv4 get no address from DNS, and give up.',
      );
    case 'name-does-not-exist':
      return say(
        `The name does not exist (NXDOMAIN for ${args.name})`,
        `The zone ${args.zone} has no record of any type for it. Is it spelt right?`,
      );
    case 'a-not-public':
      return say(`A is ${args.address}, ${SCOPE[args.scope]}`);
    case 'a-is-own':
      return say(`A is ${args.address}, the address this line is seen with`);
    case 'a-not-own':
      return say(`A is ${args.address}; this line is seen as ${list(args.own)}`);
    case 'a-answers':
      return say(`${args.address} answers as the same service as IPv6, seen ${FROM[args.vantage]}`);
    case 'a-unrecognised':
      return say(
        `${args.address} connects, but whether it is the same service as over IPv6 can't be told, seen ${FROM[args.vantage]}`,
      );
    case 'a-dead':
      return say(
        `${args.address}: ${OUTCOME[args.outcome] ?? args.outcome}, ${args.tries} of ${args.tries} tries, seen ${FROM[args.vantage]}`,
      );
    case 'a-flaky':
      return args.tries === 1
        ? say(`${args.address} was tried once only, and did not answer, seen ${FROM[args.vantage]}`)
        : say(
            `${args.address} answers only now and then: ${args.connected} of ${args.tries} tries, seen ${FROM[args.vantage]}`,
          );
    case 'a-other-service':
      return say(`At ${args.address} another service answers than over IPv6, seen ${FROM[args.vantage]}`);
    case 'some-a-dead':
      return say(
        `Of several A records some don't work: ${list(args.dead)}`,
        `${list(args.alive)} works. Clients pick one by chance, so some visitors fail.`,
      );
    case 'a-is-proxy':
      return say(`A is ${args.address}, an edge of ${args.provider}: that is right for a proxied name`);
    case 'cname':
      return say(`The name is an alias (CNAME) of ${args.canonical}; the records belong there`);
    case 'cname-dangling':
      return say(`The name is an alias (CNAME) of ${args.target}, which does not exist`);
    case 'authorities-disagree':
      return say(
        `The zone's own servers disagree about ${args.type}`,
        ...args.answers.map(
          ({ server, addresses }) =>
            `${server} says ${addresses.length === 0 ? `no ${args.type} record` : list(addresses)}`,
        ),
      );
    case 'authority-silent':
      return say(
        `The servers of the zone ${args.zone} don't answer`,
        `asked: ${list(args.servers)}`,
        'A network that lets no DNS out looks the same.',
      );
    case 'authority-broken':
      return say(`Servers of the zone ${args.zone} answer ${args.rcode}`, `asked: ${list(args.servers)}`);
    case 'authority-intercepted':
      return say(
        "Something between here and the zone's servers answers in their place",
        `asked: ${list(args.servers)}; the answers are a resolver's`,
      );
    case 'authority-unknown':
      return say(`No server responsible for ${args.name} could be found or asked`);
    case 'authority-internal':
      return say(
        "The zone's servers stand in a private network",
        `${list(args.servers)}: the internet may be told something else`,
      );
    case 'resolver-stale':
      return say(
        `An old copy is still at the resolver ${args.resolver}: ${list(args.has)}`,
        `The zone says ${list(args.should)} now; the copy runs out in ${duration(args.ttl)}.`,
      );
    case 'resolver-stale-negative':
      return say(
        `An old "no such record" is still at the resolver ${args.resolver}`,
        `The zone says ${list(args.should)} now; the copy runs out within ${duration(args.ttl)}.`,
      );
    case 'resolver-lies':
      return say(
        `Not from the zone: ${list(args.has)}, made up by the resolver ${args.resolver}`,
        `The zone's servers say ${list(args.should)}. The answer doesn't age like a copy: it is made there.`,
      );
    case 'resolver-denies':
      return say(
        `The resolver ${args.resolver} denies the record (${args.rcode})`,
        `The zone's servers say ${list(args.should)}. A filter or block list does that.`,
      );
    case 'resolver-fails':
      return say(`No usable answer (${args.outcome}) from the resolver ${args.resolver}`);
    case 'split-horizon':
      return say(
        `Inside this network the name is ${list(args.inside)} (split horizon)`,
        `The resolver ${args.resolver} says so; the internet is told ${list(args.outside)}.`,
      );
    case 'hosts-file':
      return say(`This machine's hosts file names the host: ${list(args.addresses)}`);
    case 'aaaa-missing':
      return say(`The name has no AAAA record (${args.name}): IPv6 can't be used by name`);
    case 'aaaa-not-this-server':
      return say(
        `AAAA is ${args.address}, which isn't this server's address`,
        `This server's stable address is ${list(args.stable)}.`,
      );
    case 'aaaa-temporary':
      return say(
        `AAAA is ${args.address}, a temporary (privacy) address of this server`,
        `It works today and is dropped in a day or so (RFC 8981). The stable address: ${list(args.stable)}.`,
      );
    case 'address-works':
      return say(`${args.address} answers as the same service as IPv6, seen ${FROM[args.vantage]}`);
    case 'address-not-seen-working':
      return say(
        `At ${args.address}, this line's address, ${NOT_WORKING[args.state]}, seen ${FROM[args.vantage]}`,
        'An A record alone would not help: the service must answer there first.',
      );
    case 'no-address-known':
      return say("This line's public IPv4 address is not known");
  }
}
