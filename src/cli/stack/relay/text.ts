import type { RelayService } from '../../../model/relay.ts';
import type { RelayPlan } from '../../../model/relay-plan.ts';
import { ttlSeconds } from '../../../model/zone-records.ts';
import type { RegionChoice } from '../../../remedies/relay/region.ts';
import { placeOf } from '../../../remedies/relay/region.ts';
import { block, type Page, paint } from '../../../report/page.ts';
import { all, duration } from '../../../report/prose/words.ts';
import { notesLines, section, ttlText } from '../plan-words.ts';
import type { Action } from '../remedy.ts';
import { fixedOrigins } from './hidden-origin.ts';
import { originText } from './looks.ts';

export interface PlanShown {
  readonly stack: string;
  readonly plan: RelayPlan;
  readonly region: RegionChoice;
  /** Of the host, as people say it: `nano`. */
  readonly size: string;
  /** False where the price is that of another region. */
  readonly isExact: boolean;
  /** The A records that the names have now, as text: empty where there is none. */
  readonly now: ReadonlyMap<string, readonly string[]>;
  /** What a person should know, a paragraph each. */
  readonly notes: readonly string[];
}

/** The plan for a person: what is rented where, what it costs, what becomes of visitors, DNS, and all of it at the end. */
export function planText(shown: PlanShown, page: Page): string {
  const { plan, stack, notes } = shown;
  const sections = [
    block(page, paint(page, 'bold', `Plan for ${plan.target.host}: relay, stack ${stack}`), 0, 2),
    section(page, hostLine(shown), regionWhy(shown.region)),
    section(page, 'It forwards', serviceRows(plan.settings.services)),
    section(page, priceLine(shown), trafficLines(plan)),
    section(page, 'What changes for people', peopleLines(plan)),
    section(page, dnsTitle(plan), dnsRows(shown)),
    section(page, 'Later', laterLines(plan)),
    section(page, 'When the stack goes (reach4 down, pulumi destroy)', endLines(plan)),
    section(page, 'Rights at AWS, the least that it needs, as JSON for IAM', [
      'reach4 plan --remedy relay --iam-policy > policy.json',
    ]),
    ...notesLines(notes, page),
  ];
  return `${sections.join('\n')}\n`;
}

const KIND = { lightsail: 'Lightsail', ec2: 'EC2' } as const;

const hostLine = ({ plan: { host }, size }: PlanShown): string =>
  `A host at AWS ${KIND[host.kind]} in ${placeOf(host.region)} (${host.region}), size ${size}, with Debian`;

function regionWhy(choice: RegionChoice): string[] {
  switch (choice.why) {
    case 'told':
      return [];
    case 'kept':
      return ['the region stays as it was planned; another one needs --region, and gets another address'];
    case 'nearest': {
      const next =
        choice.next === null
          ? ''
          : `, before ${placeOf(choice.next.region)} with ${Math.round(choice.next.ms)} ms`;
      return [
        `the nearest of ${choice.of} regions: ${Math.round(choice.ms)} ms there and back from this machine${next}`,
      ];
    }
  }
}

const KINDS = {
  tcp: () => 'all connections',
  tls: (names: string) => `TLS for ${names}`,
  http: (names: string) => `HTTP for ${names}`,
  udp: () => 'all datagrams',
} as const;

function serviceRows(services: readonly RelayService[]): string[][] {
  return services.map((service) => [
    `${service.port} ${service.kind === 'udp' ? 'UDP' : 'TCP'}`,
    KINDS[service.kind]('names' in service ? service.names.join(', ') : ''),
    `to ${originText(service.origin)}${'proxyProtocol' in service && service.proxyProtocol ? ', PROXY protocol' : ''}`,
  ]);
}

const money = (usd: number): string => `$${Number.isInteger(usd) ? usd : usd.toFixed(2)}`;

const priceLine = ({ plan, isExact }: PlanShown): string =>
  `It costs ${isExact ? '' : 'about '}${money(plan.monthlyUSD)} a month`;

function trafficLines({ host, traffic }: RelayPlan): string[] {
  const { includedGB, perGBUSD } = traffic;
  const perGB = `each GB out beyond costs $${perGBUSD}`;
  return host.kind === 'lightsail'
    ? [`with ${includedGB} GB of traffic a month, in and out: enough to relay ${includedGB / 2} GB; ${perGB}`]
    : [`with ${includedGB} GB out a month, which all hosts of the account share; ${perGB}`];
}

function peopleLines({ settings, target }: RelayPlan): string[] {
  const { services } = settings;
  const hidden = services.filter((service) => !('proxyProtocol' in service && service.proxyProtocol));
  const told = services.filter((service) => 'proxyProtocol' in service && service.proxyProtocol);
  const ports = (some: readonly RelayService[]): string =>
    `port ${all([...new Set(some.map(({ port }) => String(port)))])}`;
  return [
    `IPv4 users reach ${target.host} by the relay; IPv6 users go straight to it as before`,
    ...(services.some(({ kind }) => kind === 'tls')
      ? ['TLS stays between the users and the server: the relay holds no key and reads nothing']
      : []),
    ...(hidden.length === 0
      ? []
      : [`on ${ports(hidden)} the server sees the relay's IPv6 address as that of every IPv4 user`]),
    ...(told.length === 0 ? [] : [`on ${ports(told)} it is told their own addresses (PROXY protocol)`]),
  ];
}

function dnsTitle({ dns }: RelayPlan): string {
  switch (dns.provider) {
    case 'cloudflare':
      return `Writes, in the zone ${dns.zone.name} at Cloudflare`;
    case 'route53':
      return `Writes, in the zone ${dns.zone.name} at Route 53`;
    case 'manual':
      return dns.records.length === 0
        ? 'Writes nothing in DNS: the target is an address, and users need that of the relay'
        : 'You write in DNS, where the zone is kept; reach4 up prints the address';
  }
}

function dnsRows({ plan: { dns }, now }: PlanShown): string[][] {
  return dns.records.map((record) => {
    const before = now.get(record.name) ?? [];
    const change = `${before.length === 0 ? '' : `${before.join(', ')} -> `}the relay's address`;
    const adopted = 'adopt' in record && record.adopt !== null && record.adopt !== false;
    const how = dns.provider === 'manual' ? '' : adopted ? 'taken over, ' : 'new, ';
    return ['A', record.name, change, `${how}${ttlText(record.ttl, dns.provider)}`];
  });
}

function laterLines({ host, settings, target }: RelayPlan): string[] {
  const fixed = fixedOrigins(settings.services);
  const gap =
    host.kind === 'lightsail'
      ? 'a gap of some seconds, because Lightsail takes an address away before it gives it to another'
      : 'no gap';
  return [
    fixed.length === 0 || target.hostKind !== 'name'
      ? 'The host follows the AAAA record: a new prefix at home needs no deployment'
      : `The host leads to ${all(fixed)}, whatever the AAAA record says: after a new prefix at home, plan again`,
    `It installs security updates by itself, and restarts for them at ${settings.rebootAt} UTC, only when it has to`,
    `A change of this plan starts a second host; when that was seen to forward, the address moves to it, with ${gap}`,
  ];
}

/** How long caches may keep the records: teardown waits for it. */
const longestTtl = ({ dns }: RelayPlan): number =>
  Math.max(0, ...dns.records.map(({ ttl }) => ttlSeconds(ttl)));

function endLines(plan: RelayPlan): string[] {
  const { dns } = plan;
  const back = comingBack(plan);
  const waits = `then waits ${duration(longestTtl(plan))}, until no cache names the address any more; the relay serves until then`;
  const freed =
    'last of all the address and the host go: a released address is given to strangers, so nothing may lead there';
  if (dns.records.length === 0) return [freed];
  if (dns.provider === 'manual') {
    return ['first you delete the A record; before that, nothing is released', waits, freed];
  }
  return [
    back.length === 0 ? 'first the A record is removed' : `first A ${back.join(', ')} comes back`,
    waits,
    freed,
  ];
}

/** The addresses that come back when the stack goes. */
function comingBack({ dns }: RelayPlan): string[] {
  switch (dns.provider) {
    case 'cloudflare':
      return dns.restore ? dns.previous.map(({ content }) => content) : [];
    case 'route53':
      return dns.restore ? dns.previous.flatMap(({ values }) => values) : [];
    case 'manual':
      return [];
  }
}

const namesOf = ({ dns, target }: RelayPlan): string =>
  dns.records.length === 0 ? target.host : all(dns.records.map(({ name }) => name));

/** Two lines above Pulumi's own output: what visitors will notice, and what it costs. */
export function heading(action: Action, plan: RelayPlan): string {
  const { monthlyUSD, traffic, dns } = plan;
  if (action !== 'down') {
    const moves =
      dns.provider === 'manual'
        ? `A host is made that forwards IPv4 users to ${namesOf(plan)} once DNS leads them there`
        : `IPv4 users of ${namesOf(plan)} are sent to a relay, which forwards them to the server`;
    return `${moves}; IPv6 users notice nothing.\nIt costs ${money(monthlyUSD)} a month, and $${traffic.perGBUSD} for each GB out beyond ${traffic.includedGB} GB.`;
  }
  return `${usersAfterwards(plan)}; it takes ${duration(longestTtl(plan))} and a few minutes, until no cache names the relay's address.\nIt ends ${money(monthlyUSD)} a month.`;
}

function usersAfterwards(plan: RelayPlan): string {
  const names = namesOf(plan);
  if (plan.dns.provider === 'manual' && plan.dns.records.length > 0) {
    return `IPv4 users no longer get to ${names}, whose A record you delete first, or it stops there`;
  }
  const back = comingBack(plan);
  return back.length === 0
    ? `IPv4 users no longer get to ${names}`
    : `IPv4 users of ${names} are sent to ${back.join(', ')} as before`;
}

/** What was achieved, and what to type next. */
export function afterwards(action: Action, plan: RelayPlan): string {
  switch (action) {
    case 'preview':
      return 'Nothing has been changed. Next:  reach4 up';
    case 'up':
      return plan.dns.provider === 'manual' && plan.dns.records.length > 0
        ? `The relay forwards. Write the A record of ${namesOf(plan)} with the address above where its zone is kept, if it doesn't say so yet. Then, to see whether IPv4 works:\n  reach4 verify --wait`
        : 'Done: the relay forwards, and DNS leads there. To see whether IPv4 works now:\n  reach4 verify';
    case 'down':
      return `Done: the host and its address are gone${dnsAfterDown(plan)}. The plan is kept; reach4 up would do it again, with another address.`;
  }
}

function dnsAfterDown({ dns }: RelayPlan): string {
  if (dns.provider === 'manual') return '';
  return dns.restore
    ? ', and DNS is as it was before'
    : "; so is the relay's A record, and old ones were left out (--no-restore)";
}
