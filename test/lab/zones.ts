import { addressOf, INTERNET_HOSTS, NAME_SERVERS } from './addresses.ts';
import { type DnsRecord, ZONES } from './world.ts';

/** s; of the records that delegate and name servers, as in the real root and TLD zones. */
const INFRASTRUCTURE_TTL = 86_400;
/** s; how long a resolver remembers that a name has no such record (RFC 2308, section 5). */
const NEGATIVE_TTL = 60;

const NAME = {
  root: 'a.root-servers.net',
  tld: 'a.gtld-servers.net',
  hoster: 'ns.example.net',
  ns1: 'ns1.example.net',
  ns2: 'ns2.example.net',
} as const;

/** Where the whoami service answers, over both families. */
export const WHOAMI_NAME = 'whoami.example.net';

/** Where the STUN server answers, over both families and UDP on port 3478: the same host. */
const STUN_NAME = 'stun.example.net';

/** A zone as BIND reads it. */
function zoneText(zone: string, nameServers: string[], lines: string[], serial: number): string {
  return [
    `$ORIGIN ${zone}`,
    `$TTL ${INFRASTRUCTURE_TTL}`,
    `@ SOA ${nameServers[0]}. hostmaster.example.net. ${serial} 3600 600 86400 ${NEGATIVE_TTL}`,
    ...nameServers.map((name) => `@ NS ${name}.`),
    ...lines,
    '',
  ].join('\n');
}

/** One of the zones that hold the world's records. */
export function worldZone(zone: string, records: readonly DnsRecord[], serial: number): string {
  const own = records.filter(({ name }) => name === zone || name.endsWith(`.${zone}`));
  return zoneText(`${zone}.`, [NAME.ns1, NAME.ns2], own.map(line), serial);
}

/** The zones above the world's and beside them: always right, in every world. Name of the view, zone, text. */
export function infrastructureZones(): { view: 'root' | 'tld' | 'hoster'; zone: string; text: string }[] {
  const toHoster = [`example.net. NS ${NAME.hoster}.`, ...glue('hoster')];
  const toWorld = (tld: string) =>
    ZONES.filter((zone) => zone.endsWith(`.${tld}`)).flatMap((zone) => [
      `${zone}. NS ${NAME.ns1}.`,
      `${zone}. NS ${NAME.ns2}.`,
    ]);
  const tldZone = (tld: string, lines: string[]) =>
    ({ view: 'tld', zone: tld, text: zoneText(`${tld}.`, [NAME.tld], lines, 1) }) as const;
  const toTld = ['com', 'net', 'org'].map((tld) => `${tld}. NS ${NAME.tld}.`);
  return [
    {
      view: 'root',
      zone: '.',
      text: zoneText('.', [NAME.root], [...toTld, ...glue('root'), ...glue('tld')], 1),
    },
    tldZone('com', toWorld('com')),
    tldZone('net', [...toHoster, ...glue('root'), ...glue('tld')]),
    tldZone('org', toWorld('org')),
    {
      view: 'hoster',
      zone: 'example.net',
      text: zoneText(
        'example.net.',
        [NAME.hoster],
        [...glue('hoster'), ...glue('ns1'), ...glue('ns2'), ...hosts()],
        1,
      ),
    },
  ];
}

/** Zones that a home router makes of the names whose answers it invents. */
export function zonesAtHome(records: readonly DnsRecord[]): { zone: string; text: string }[] {
  return [...new Set(records.map(({ name }) => name))].map((zone) => ({
    zone,
    text: zoneText(`${zone}.`, [NAME.ns1], records.filter(({ name }) => name === zone).map(line), 1),
  }));
}

/** The file from which the resolver knows the lab's root. */
export function rootHints(): string {
  return [`. ${INFRASTRUCTURE_TTL} NS ${NAME.root}.`, ...glue('root'), ''].join('\n');
}

function line({ name, ttl, type, value }: DnsRecord): string {
  return `${name}. ${ttl} ${type} ${type === 'TXT' ? JSON.stringify(value) : value}`;
}

function glue(server: keyof typeof NAME_SERVERS): string[] {
  const index = NAME_SERVERS[server];
  const { 4: v4, 6: v6 } = INTERNET_HOSTS.dns;
  return [
    `${NAME[server]}. ${INFRASTRUCTURE_TTL} A ${v4[index]}`,
    `${NAME[server]}. ${INFRASTRUCTURE_TTL} AAAA ${v6[index]}`,
  ];
}

function hosts(): string[] {
  const named = { [WHOAMI_NAME]: 'outside', [STUN_NAME]: 'outside', 'api.example.net': 'api' } as const;
  return Object.entries(named).flatMap(([name, host]) => [
    `${name}. A ${addressOf(host, 4)}`,
    `${name}. AAAA ${addressOf(host, 6)}`,
  ]);
}
